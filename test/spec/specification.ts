import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { z } from "zod";

const Media = z.object({
  schema: z.record(z.string(), z.unknown()).optional(),
  examples: z.record(z.string(), z.object({ value: z.unknown() })).optional(),
});

const Method = z.enum(["GET", "POST", "PUT", "DELETE"]);
type Method = z.infer<typeof Method>;

const Operation = z.object({
  parameters: z.array(z.object({ name: z.string(), in: z.string() })).default([]),
  responses: z.record(z.string(), z.object({ content: z.record(z.string(), Media).default({}) })),
});

const Schema = z.looseObject({
  properties: z.record(z.string(), z.looseObject({})).default({}),
  required: z.array(z.string()).default([]),
});
type Schema = z.infer<typeof Schema>;

const Document = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.looseObject({ schemas: z.record(z.string(), Schema) }),
});

/** What tells a check's name and, where it did not hold, why. */
export type Check = (what: string, problem: string | undefined) => void;

/** One operation of the service: its method in capitals, and its path below the base URL. */
export interface SpecifiedOperation {
  method: Method;
  path: string;
  responses: z.infer<typeof Operation>["responses"];
}

/** An OpenAPI 3.0 file, as far as the checks ask it. */
export class Specification {
  readonly schemas: Readonly<Record<string, Schema>>;
  readonly operations: readonly SpecifiedOperation[];
  readonly #ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });

  constructor(document: unknown) {
    const { paths, components } = Document.parse(document);
    this.schemas = components.schemas;
    this.operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        method: Method.parse(method.toUpperCase()),
        path: path.replace(/^\/api\/v2/, ""),
        responses: operation.responses,
      })),
    );
    addFormats.default(this.#ajv);
    this.#ajv.addSchema({ $id: "openapi", components: nullable(components) });
  }

  /** The operation that a request falls under. */
  operationFor(method: string, path: string): SpecifiedOperation | undefined {
    return this.operations.find(
      (operation) =>
        operation.method === method &&
        new RegExp(`^${operation.path.replaceAll(/\{[^}]+\}/g, "[^/]+")}$`).test(path),
    );
  }

  /** What is wrong with a body by the schema of an operation's response; undefined where nothing is. */
  problemWith(operation: SpecifiedOperation, status: number, body: unknown): string | undefined {
    const response = operation.responses[String(status)];
    if (response === undefined) return `status ${status} is not in the specification`;
    const schema = response.content["application/json"]?.schema;
    if (schema === undefined) return undefined;
    const validate = this.#ajv.compile(nullable(withReferences(schema)));
    return validate(body) ? undefined : this.#ajv.errorsText(validate.errors);
  }
}

/** `#/components/…` within this document, seen from a schema that stands elsewhere. */
function withReferences(schema: unknown): Record<string, unknown> {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"openapi#/components/'));
}

/** OpenAPI 3.0 says `nullable` where JSON Schema says a list of types. */
function nullable(value: unknown): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value), (_, field: unknown) => {
    if (typeof field !== "object" || field === null || !("nullable" in field) || !("type" in field))
      return field;
    const { nullable: _nullable, type, ...rest } = field;
    return { ...rest, type: [type, "null"] };
  });
}
