import { z } from "zod";
import { closest } from "../base/closest.ts";
import { isRecord } from "../base/is-record.ts";
import type { SentObject } from "./as-sent.ts";

/** Members of a query or a body that the client does not know. */
export interface WithExtra {
  /**
   * Further members, by name, which are sent with the others and are not checked: for what the service has added since
   * this version. @default none
   */
  extra?: SentObject | undefined;
}

/** The schema of a request: takes its interface, and returns what is sent. */
export interface RequestSchema<Model> extends z.ZodType<SentObject, Model> {
  /** The schema of each member by name, as `z.object` has it; `extra` is not among them. */
  readonly shape: Readonly<Record<string, z.ZodType>>;
}

/** Marks the issue of a member that is not listed. */
const UNKNOWN = Object.freeze({ isUnknownMember: true });

/** Whether a request was refused for a member that its schema does not list. */
export function isUnknownMember(issue: z.core.$ZodIssue): boolean {
  return issue.code === "custom" && issue.params === UNKNOWN;
}

/** zod leaves an own member `__proto__` out of every object, so that it would not be sent. */
const withoutProto = z
  .unknown()
  .refine(
    (value) => !isRecord(value) || !Object.hasOwn(value, "__proto__"),
    "cannot have a member called __proto__",
  );

/** The schemas of a request's members: one for each, which accepts no more than the request's interface says. */
type RequestShape<Model> = {
  readonly [Name in keyof Omit<Model, "extra">]-?: z.ZodType<unknown, Model[Name]>;
};

/**
 * The schema of a query or a body. A member that is not listed is a mistake, most likely in its spelling, unless it is in
 * `extra`; its members are sent with the others.
 */
export function request<Model extends WithExtra>(shape: RequestShape<Model>): RequestSchema<Model> {
  const names = Object.keys(shape);
  const fields: Record<string, z.ZodType> = { ...shape };
  const extra = withoutProto.pipe(z.record(z.string(), z.unknown(), "must be an object")).optional();
  const members = z
    .looseObject({ ...fields, extra })
    .superRefine((value, context) => {
      for (const name of Object.keys(value)) {
        if (name === "extra" || names.includes(name)) continue;
        context.addIssue({
          code: "custom",
          path: [name],
          message: unknownMember(name, names),
          params: UNKNOWN,
        });
      }
      for (const name of Object.keys(extraOf(value))) {
        if (!names.includes(name)) continue;
        context.addIssue({
          code: "custom",
          path: ["extra", name],
          message: "is a known member: move it out of extra",
        });
      }
    })
    .transform((value): SentObject => {
      const { extra: _, ...known } = value;
      return { ...known, ...extraOf(value) };
    });
  const schema = withoutProto.pipe(members);
  // The compiler does not know the shape's members; its type has made sure that they are those of the model.
  return Object.assign(schema as unknown as z.ZodType<SentObject, Model>, { shape: fields });
}

function extraOf({ extra }: { extra?: unknown }): SentObject {
  return isRecord(extra) ? extra : {};
}

function unknownMember(name: string, names: readonly string[]): string {
  const meant = closest(name, names);
  const advice = meant === undefined ? "" : `; did you mean ${meant}?`;
  return `is not a member of this request${advice} (put members that the client does not know in extra)`;
}
