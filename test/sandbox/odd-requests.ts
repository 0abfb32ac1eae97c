import fc from "fast-check";

/** A request of any form, below the base URL. `KNOWN0` and so on in its path stand for ids that exist. */
export interface OddRequest {
  method: string;
  path: string;
  query?: string;
  headers?: readonly string[];
  body?: Uint8Array;
  /** Replaces the header with the length of the body. */
  framing?: string;
}

const UNKNOWN = "3fa85f64-5717-4562-b3fc-2c963f66afa6";
const words = (text: string) => text.split(" ");
const lines = (text: string) => text.trim().split(/\n */);
const bytes = (text: string) => Buffer.from(text, "utf8");
const nested = (depth: number, open: string, close: string) => open.repeat(depth) + close.repeat(depth);

/** Every operation of the service. */
const OPERATIONS = lines(`
  POST /token/new/
  POST /token/refresh/
  GET /institutions/
  GET /institutions/ID/
  GET /integrations/ID/
  GET /agreements/enduser/
  POST /agreements/enduser/
  GET /agreements/enduser/ID/
  DELETE /agreements/enduser/ID/
  PUT /agreements/enduser/ID/accept/
  GET /agreements/enduser/ID/reconfirm/
  POST /agreements/enduser/ID/reconfirm/
  GET /requisitions/
  POST /requisitions/
  GET /requisitions/ID/
  DELETE /requisitions/ID/
  GET /accounts/ID/
  GET /accounts/ID/balances/
  GET /accounts/ID/details/
  GET /accounts/ID/transactions/`);

/** Names that objects of JavaScript inherit, and others that programs stumble over. */
const NAMES = [
  ...words("__proto__ constructor toString hasOwnProperty valueOf"),
  "",
  "\ud800",
  "'\"\\",
  "é€😀",
];
const FIELDS = [
  ...words(
    "institution_id redirect agreement reference user_language ssn account_selection redirect_immediate",
  ),
  ...words(
    "max_historical_days access_valid_for_days access_scope reconfirmation secret_id secret_key refresh",
  ),
  ...words("user_agent ip_address created country limit offset date_from date_to"),
];

const segment = fc.oneof(
  fc.constantFrom(...words("KNOWN0 KNOWN1 KNOWN2 KNOWN3"), UNKNOWN, UNKNOWN.toUpperCase(), "a".repeat(3000)),
  fc.constantFrom(
    ...words("%ZZ %00 %2F %2e%2e %E2%82 %ED%A0%80 % .. . %0D%0AX:1 \\ ; [ {} * %25%32%46 \xff"),
  ),
  fc.constantFrom(...words("__proto__ constructor MONZO_MONZGB2L")),
  fc.string({ unit: "binary-ascii" }).map((text) => text.replaceAll(/[\s?#]/g, "")),
);

const operation = fc.record({ line: fc.constantFrom(...OPERATIONS), id: segment }).map(({ line, id }) => {
  const [method = "", path = ""] = line.split(" ");
  return { method, path: path.replace("ID", () => id) };
});

const text = fc.oneof(
  fc.constantFrom(
    ...NAMES,
    ...words("N26_NTSBDEB1 MONZO_MONZGB2L http://localhost/ 2026-11-01 1e999 [[["),
    UNKNOWN,
  ),
  fc.string({ unit: "binary", maxLength: 12 }),
);
const name = fc.constantFrom(...FIELDS, ...NAMES);

const encoded = (part: string) => encodeURIComponent(part.replaceAll(/\p{Cs}/gu, "%ED%A0%80"));
const query = fc.oneof(
  fc.constantFrom(
    ...words("%ZZ=%00 &&==& ? a[b]=c %E2%82=%ED%A0%80 date_from=2026-02-30"),
    "",
    `x=${"y".repeat(9000)}`,
  ),
  fc
    .array(fc.tuple(name, text), { maxLength: 4 })
    .map((pairs) => pairs.map(([one, other]) => `${encoded(one)}=${encoded(other)}`).join("&")),
);

const json = fc.oneof(
  fc.constantFrom(...words('null [] 5 "x" { {}x {\'a\':1} \ufeff{} NaN {"a":\u0000}'), ""),
  fc.constantFrom(
    nested(65, '{"a":', "1}"),
    nested(9000, "[", "]"),
    `{"agreement":${nested(400_000, "[", "]")}}`,
    '{"institution_id":1e999,"max_historical_days":1e308,"access_valid_for_days":-0}',
    '{"reference":"a","reference":"b","redirect":"x","redirect":"http://localhost/"}',
    '{"__proto__":{"institution_id":"N26_NTSBDEB1"},"constructor":{"prototype":1}}',
    '{"institution_id":"__proto__","agreement":"constructor","redirect":"toString://x"}',
  ),
  fc
    .array(fc.tuple(name, fc.oneof(text, fc.jsonValue({ maxDepth: 3 }))), { maxLength: 6 })
    .map((members) => members.map((pair) => pair.map((part) => JSON.stringify(part)).join(":")))
    .map((members) => `{${members.join()}}`),
);

const part = (header: string, value: string) =>
  `--b\r\nContent-Disposition: form-data; ${header}\r\n\r\n${value}\r\n--b--\r\n`;
const multipart = fc.constantFrom(
  ...["", "--b\r\n", "--b--", '--b\r\nContent-Disposition: form-data; name="redirect"\r\n\r\nx'],
  part('name="__proto__"', "x"),
  part('name="ssn"; filename="a"\r\nContent-Type: image/png', "\u0000"),
  part('name="access_scope"', "[".repeat(100_000)),
);

/** A content type with a body. */
const content = fc.oneof(
  fc.tuple(fc.constantFrom("application/json", "APPLICATION/JSON; charset=utf-16"), json.map(bytes)),
  fc.tuple(fc.constant("application/x-www-form-urlencoded"), fc.oneof(query, json).map(bytes)),
  fc.tuple(
    fc.constantFrom(...["b", "", "\xff"].map((boundary) => `multipart/form-data; boundary=${boundary}`)),
    multipart.map(bytes),
  ),
  fc.tuple(
    fc.constantFrom("", "text/xml", "application/json", "\xff", ";", "application/x-www-form-urlencoded"),
    fc.uint8Array({ maxLength: 40 }),
  ),
);

const header = fc.oneof(
  fc.constantFrom(
    ...lines(`
      Authorization: Bearer
      Authorization: \xff
      Expect: 100-continue
      Expect: cake
      Connection: Upgrade
      Upgrade: websocket
      Host: evil
      Host: [
      Content-Encoding: gzip
      X-HTTP-Method-Override: DELETE
      Origin: null
      Transfer-Encoding: gzip
      Transfer-Encoding: chunked
      Content-Length: -1
      Content-Length: 99999999999999999999
      no colon
      __proto__: x
      constructor: y`),
    " folded",
    `X-Long: ${"x".repeat(20_000)}`,
  ),
  fc
    .tuple(fc.constantFrom("X-Odd", "Accept", "Content-Type"), fc.string({ unit: "binary-ascii" }))
    .map((pair) => pair.join(": ")),
);

const method = fc.constantFrom(...words("HEAD OPTIONS TRACE PATCH PROPFIND CONNECT FOO get QUERY SEARCH"));

const framing = fc.constantFrom(
  ...words("3 900000 9999999 x").map((length) => `Content-Length: ${length}`),
  ...["X-None: 1", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 3"],
);

/** Any path and query of an operation, with any method, and with or without the trailing slash. */
export const oddAddress: fc.Arbitrary<OddRequest> = fc
  .record({ operation, query, other: fc.option(method), cut: fc.boolean() })
  .map(({ operation: asked, other, cut, ...rest }) => ({
    ...rest,
    method: other ?? asked.method,
    path: cut ? asked.path.slice(0, -1) : asked.path,
  }));

/** Any body, at an operation that takes one. */
export const oddBody: fc.Arbitrary<OddRequest> = fc
  .record({ asked: operation.filter((one) => one.method !== "GET"), content })
  .map(({ asked, content: [type, body] }) => ({ ...asked, headers: [`Content-Type: ${type}`], body }));

/** Any headers, with a body whose length may be wrong. */
export const oddHeaders: fc.Arbitrary<OddRequest> = fc
  .record({
    asked: operation,
    headers: fc.array(header, { maxLength: 2 }),
    content,
    framing: fc.option(framing, { nil: undefined }),
  })
  .map(({ asked, headers, content: [type, body], framing: announced }) => ({
    ...asked,
    headers: [`Content-Type: ${type}`, ...headers],
    body,
    ...(announced === undefined ? {} : { framing: announced }),
  }));

/** The fields of a requisition, odd but mostly accepted. */
export const oddRequisition = fc.record({
  institution_id: fc.constant("MONZO_MONZGB2L"),
  redirect: fc.constantFrom(
    ...["http://localhost/é?ü=\u20ac#x", "myapp://\ud800/%ZZ", "http://[::1]:1/", "x://", "HTTP://LOCALHOST"],
    ...[
      "a+b.c://é",
      "http://localhost/\t\r\n",
      "http://u:p@localhost/",
      "//localhost/",
      "http://localhost\\x",
      null,
    ],
  ),
  reference: fc.string({ unit: "binary", minLength: 1, maxLength: 300 }),
  user_language: fc.constantFrom("en", "EN_x", "__proto__", undefined),
  created: text,
});
