import type { StandardSchemaV1 } from "../../../../../packages/core/src/index.ts";

/** The type that each member has when it is read, which includes `undefined` if the member may be absent. */
export type AsRead<Model> = { [Name in keyof Required<Model>]: Model[Name] };

/** The names of the members that are never absent. */
export type RequiredMembers<Model> = {
  [Name in keyof Model]-?: Partial<Pick<Model, Name>> extends Pick<Model, Name> ? never : Name;
}[keyof Model];

/** The names of the members that may be present with the value `undefined`, rather than absent. */
export type UndefinedMembers<Model> = {
  [Name in keyof Required<Model>]: undefined extends Required<Model>[Name] ? Name : never;
}[keyof Model];

/** What a schema returns, for a library that knows it as a Standard Schema alone. */
export type StandardOutput<Schema extends StandardSchemaV1> = NonNullable<
  Schema["~standard"]["types"]
>["output"];
