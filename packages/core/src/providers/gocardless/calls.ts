import { untilAborted } from "../../base/until-aborted.ts";
import {
  type CallOptions,
  checkCallOptions,
  invalidResponse,
  type Operation,
  type Pipeline,
  type ResponseInfo,
  type RunningCall,
  type ServiceRequest,
  type Settings,
  schemaError,
  startCall,
  withoutSecrets,
} from "../../pipeline/index.ts";
import type { Unreadable } from "../../schema/list.ts";
import { describeIssues } from "../../schema/standard-schema.ts";
import { type AnyCallOptions, schemaHint, splitSchema } from "./call-options.ts";
import type { Page } from "./models/page.ts";
import { iteratePages, type PageAddress } from "./paging.ts";
import { type AnyRequest, type OperationParameters, requestFor, requestToPath } from "./requests.ts";

/** Called with each response, or cached response used in its place. */
export type Observer = (info: ResponseInfo) => void;

/** What a method adds to a call. */
interface CallDetails {
  name?: string;
  observe?: Observer;
  writes?: boolean;
  forced?: CallOptions;
}

/** The calls of one client: each has one deadline and one set of observers for all its requests. */
export class Calls {
  readonly #settings: Settings;
  readonly #pipeline: Pipeline;
  readonly #observe: Observer | undefined;

  /** @param observe called with each response of each call */
  constructor(settings: Settings, pipeline: Pipeline, observe?: Observer) {
    this.#settings = settings;
    this.#pipeline = pipeline;
    this.#observe = observe;
  }

  /** The same, for calls whose responses one more observer is called with. */
  observedBy(observe: Observer): Calls {
    return new Calls(this.#settings, this.#pipeline, observe);
  }

  /**
   * Starts a call.
   *
   * @param name the client's method, if it may send several requests
   * @param observe called with each response of the call
   * @param writes whether it creates, changes or deletes something, so that options of reading have no meaning for it
   * @param forced options that the method sets, whatever the caller's are
   * @throws ConfigurationError if an option does not exist, has no meaning for the call, or cannot work
   */
  start(options: CallOptions, { name, observe, writes = false, forced }: CallDetails = {}): RunningCall {
    checkCallOptions(options, { writes, hint: schemaHint });
    return startCall(this.#settings, {
      name,
      options: forced === undefined ? options : { ...options, ...forced },
      observers: [this.#settings.onResponse, options.onResponse, this.#observe, observe],
      tellsCaller: options.onResponse !== undefined || this.#observe !== undefined,
    });
  }

  /** Returns a request; if it is rejected before it is sent, the error shows no secret that was passed by mistake. */
  checked<Request>(make: () => Request): Request {
    return withoutSecrets(this.#settings.secrets.redact, make);
  }

  /** Sends one request of a call, or finds its response in the cache. */
  async send<Value>(request: ServiceRequest<Value>, call: RunningCall): Promise<Value> {
    return await this.#pipeline.run(request, call);
  }

  /** Makes a call of one request. @param fields of the query or the body, checked before they are sent */
  async operation<Path extends string, Value>(
    operation: Operation<Path, Value>,
    parameters: OperationParameters<Path>,
    options: CallOptions,
    fields?: object,
  ): Promise<Value> {
    const request = this.checked(() => requestFor(operation, parameters, fields));
    using call = this.start(options, { writes: operation.method !== "GET" });
    return await this.send(request, call);
  }

  /**
   * Makes a call to any path. The caller's schema is applied last, for this caller alone: the response was paid for, so it
   * stays in the cache, and other callers of the same request have schemas of their own.
   *
   * @throws InvalidResponseError if the response does not match the schema; whatever the schema throws
   */
  async path(asked: AnyRequest, given: AnyCallOptions): Promise<unknown> {
    const { schema, options } = splitSchema(given);
    const request = this.checked(() => requestToPath(asked, this.#settings.baseUrl));
    let seen: Pick<ResponseInfo, "status" | "requestId"> = { status: 200, requestId: null };
    const observe = (info: ResponseInfo) => {
      seen = info;
    };
    using call = this.start(options, { observe, writes: asked.method !== "GET" });
    const value = await this.send(request, call);
    if (schema === undefined) return value;
    const result = await untilAborted(Promise.resolve(schema["~standard"].validate(value)), call.signal);
    if (result.issues === undefined) return result.value;
    // A schema's messages may quote values.
    const described = request.operation.holdsTokens ? "" : describeIssues(result.issues);
    const { redact } = this.#settings.secrets;
    const issues = described === "" ? "" : ` (${redact(described)})`;
    const { status, requestId } = seen;
    throw invalidResponse(
      request,
      { status, text: JSON.stringify(value) },
      {
        problem: `does not match the schema of this call${issues}`,
        redact,
        advice: "change the schema, or validate less",
        cause: schemaError(described),
        requestId,
      },
    );
  }

  /** The pages of a list, each requested when it is needed. */
  pages<T>(
    operation: Operation<string, Page<T>>,
    call: RunningCall,
  ): AsyncGenerator<Page<T>, void, undefined> {
    const request = requestFor(operation, {});
    const load = (address: PageAddress) => this.send({ ...request, ...address }, call);
    return iteratePages(request, this.#settings.baseUrl, load);
  }

  /** The items of all pages, one by one; the call's time stands still while the caller works on them. */
  async *items<T>(
    operation: Operation<string, Page<T>>,
    options: CallOptions,
    { method, what }: { method: string; what: string },
  ): AsyncGenerator<T, void, undefined> {
    using call = this.start(options, { name: method });
    for await (const page of this.pages(operation, call)) {
      this.warnOfUnreadable(page, what);
      call.pause();
      yield* page.results;
      call.resume();
    }
  }

  /** Logs how many items of a list are left out, if any. @param what the plural of an item */
  warnOfUnreadable({ unreadable }: { unreadable: readonly Unreadable[] }, what: string): void {
    if (unreadable.length === 0) return;
    const items = unreadable.length === 1 ? "1 item" : `${unreadable.length} items`;
    const were = unreadable.length === 1 ? "was" : "were";
    this.#settings.logger.warn(`${items} of the list of ${what} could not be read and ${were} left out.`);
  }
}
