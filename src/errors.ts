/** The stages of a load, in order; errors and events say which one they come from. */
export type Stage = "specifier" | "resolve" | "fetch" | "verify" | "compile" | "store" | "link" | "run";

interface ErrorRow {
  readonly stage: Stage;
  /** HTTP status when the edge answers with this error. */
  readonly status: number;
  /** Trying the same thing again may help. */
  readonly retryable?: true;
  /** What a person can do about it; shown on a line of its own. */
  readonly hint?: string;
}

/**
 * Every error Raya raises, by code. Codes that Node has too mean what they mean there. A code is never renamed or
 * reused; messages may change.
 */
export const ERRORS = {
  /** The text after `from` is not a specifier. Node's own code. */
  ERR_INVALID_MODULE_SPECIFIER: { stage: "specifier", status: 400 },
  /** A scheme that cannot be loaded. Node's own code. */
  ERR_UNSUPPORTED_ESM_URL_SCHEME: { stage: "specifier", status: 400 },
  /** A specifier that is understood, of a kind whose modules cannot be loaded here. */
  ERR_SOURCE_UNSUPPORTED: { stage: "resolve", status: 501 },
  /** A name that the registry would refuse. */
  ERR_INVALID_PACKAGE_NAME: { stage: "specifier", status: 400 },
  /** A range or tag that cannot be parsed, or is empty. */
  ERR_INVALID_RANGE: {
    stage: "specifier",
    status: 400,
    hint: "write a range or a tag after the @, as in zod@^4, or leave the @ out for the latest version",
  },
  /** A file of the project or of a package that is not there. Node's own code. */
  ERR_MODULE_NOT_FOUND: { stage: "resolve", status: 404 },
  /** The package exists but does not export that path. Node's own code. */
  ERR_PACKAGE_PATH_NOT_EXPORTED: { stage: "resolve", status: 404 },
  /** A `#name` that package.json's imports does not have. Node's own code. */
  ERR_PACKAGE_IMPORT_NOT_DEFINED: { stage: "resolve", status: 404 },
  /** The registry has no package of that name. */
  ERR_PACKAGE_NOT_FOUND: { stage: "resolve", status: 404, hint: "check the spelling of the name" },
  /** A document without the section that was asked for. */
  ERR_SECTION_NOT_FOUND: { stage: "resolve", status: 404 },
  /** The package has no version in that range. */
  ERR_VERSION_NOT_FOUND: { stage: "resolve", status: 404 },
  /** package.json cannot be read. Node's own code. */
  ERR_INVALID_PACKAGE_CONFIG: { stage: "resolve", status: 422 },
  /** An exports or imports target that is not allowed. Node's own code. */
  ERR_INVALID_PACKAGE_TARGET: { stage: "resolve", status: 422 },
  /** The package has nothing that a browser could load. */
  ERR_NO_BROWSER_ENTRY: { stage: "resolve", status: 422 },
  /** A `native:` module that the host does not give. */
  ERR_NATIVE_MODULE_NOT_FOUND: { stage: "resolve", status: 404 },
  /** A `native:` module that a package, or a module by URL, may not import. */
  ERR_NATIVE_MODULE_DENIED: { stage: "resolve", status: 403 },
  /** A package from a repository that has no such file: it is made by a script, which nobody runs here. */
  ERR_PACKAGE_NOT_BUILT: { stage: "resolve", status: 422 },
  /** A Node module that this runtime does not have. Node's own code. */
  ERR_UNKNOWN_BUILTIN_MODULE: { stage: "resolve", status: 422 },
  /** A language's package is neither in the workspace nor in node_modules. The code is seed item L46's. */
  "PKG-001": { stage: "resolve", status: 404, hint: "add it to the project's dependencies" },
  /** A package without the field in which its language names entry points (L47). */
  "PKG-002": { stage: "resolve", status: 422 },
  /** A language's field that does not lead to a file of that language for what is asked (L48). */
  "PKG-003": { stage: "resolve", status: 422 },
  /** A package that depends on itself, in a language that does not allow it (L49). */
  "PKG-004": { stage: "resolve", status: 422 },
  /** An import map that is not one. */
  ERR_IMPORT_MAP_INVALID: { stage: "resolve", status: 422 },
  /** A plug-in resolver failed in a way that it does not say. */
  ERR_RESOLVER_FAILED: { stage: "resolve", status: 502 },
  /** An index of modules that is not one, or an entry in it. */
  ERR_INDEX_INVALID: { stage: "resolve", status: 502 },
  /** An import mode that there is not, or that does not go with what is imported. */
  ERR_IMPORT_MODE: { stage: "resolve", status: 400 },
  /** A module that is for another runtime. */
  ERR_RUNTIME_MISSING: { stage: "resolve", status: 422 },
  /** A specifier whose entry in the import map leads nowhere, or out of the folder it names. */
  ERR_IMPORT_MAP_BLOCKED: { stage: "resolve", status: 422 },
  /** Two requests for one package that no single version can meet, where one is needed. */
  ERR_VERSION_CONFLICT: { stage: "resolve", status: 409 },
  /** An override asks for something else than the project's own dependency on the same package. */
  ERR_OVERRIDE_CONFLICT: { stage: "resolve", status: 409 },
  /** A dependency by path leads to no folder of the project with a package.json. */
  ERR_INVALID_LOCAL_PACKAGE: { stage: "resolve", status: 422 },
  /** A dependency from a place that this host cannot read: a forge, a URL, an archive. */
  ERR_UNSUPPORTED_DEPENDENCY: { stage: "resolve", status: 422 },
  /** A package that is needed and is not made for the platform that was asked for. */
  ERR_UNSUPPORTED_PLATFORM: { stage: "resolve", status: 422 },
  /** A verb names a dependency, or a workspace, that the project does not have. */
  ERR_DEPENDENCY_NOT_FOUND: { stage: "resolve", status: 404 },
  /** A project was to be made where there is one. */
  ERR_PROJECT_EXISTS: { stage: "resolve", status: 409 },
  /** The project's files were written by others as often as a verb tried to write them. */
  ERR_PROJECT_CHANGED: { stage: "resolve", status: 409, retryable: true },
  /** The lockfile does not cover what is imported, and may not be changed. */
  ERR_LOCKFILE_STALE: { stage: "resolve", status: 409 },
  /** The lockfile cannot be read. */
  ERR_LOCKFILE_INVALID: { stage: "resolve", status: 422 },
  /** The lockfile was made by a newer Raya. */
  ERR_LOCKFILE_VERSION: {
    stage: "resolve",
    status: 422,
    hint: "update Raya, or make a new lockfile",
  },
  /** No answer: connection refused, reset, or cut off. */
  ERR_FETCH_FAILED: { stage: "fetch", status: 502, retryable: true },
  /** An answer with a status other than 2xx. Retried for 408, 429 and 5xx. */
  ERR_FETCH_STATUS: { stage: "fetch", status: 502 },
  /** An answer that took too long. */
  ERR_FETCH_TIMEOUT: { stage: "fetch", status: 504, retryable: true },
  ERR_TOO_MANY_REDIRECTS: { stage: "fetch", status: 502 },
  /** Needed, not stored, and the network is off or out of reach. */
  ERR_NOT_CACHED: { stage: "fetch", status: 504 },
  /** A URL whose origin is not on the allow-list. */
  ERR_ORIGIN_NOT_ALLOWED: { stage: "fetch", status: 403 },
  /** An `.npmrc` or `config.toml` whose registries cannot be read. */
  ERR_REGISTRY_CONFIG_INVALID: { stage: "fetch", status: 422 },
  /** A request with a token was redirected, and this platform does not say where to. */
  ERR_REDIRECT_HIDDEN: { stage: "fetch", status: 502 },
  /** Something larger than `limits.ts` allows. */
  ERR_SIZE_LIMIT: { stage: "fetch", status: 413 },
  /** An answer that is not what was asked for: HTML for a script, text for JSON. */
  ERR_UNEXPECTED_TYPE: { stage: "fetch", status: 502 },
  /** An archive that is truncated, malformed, or holds a path that leaves the package. */
  ERR_ARCHIVE_INVALID: { stage: "fetch", status: 502 },
  /** An edge's answer to `POST /graph` that is not as `docs/graph.md` says. */
  ERR_GRAPH_INVALID: { stage: "fetch", status: 502 },
  /** A packument that is malformed or contradicts itself. */
  ERR_PACKUMENT_INVALID: { stage: "fetch", status: 502 },
  /** Bytes that are not those their digest promises. */
  ERR_INTEGRITY_MISMATCH: { stage: "verify", status: 502 },
  /** Nothing to check the bytes against. */
  ERR_INTEGRITY_REQUIRED: { stage: "verify", status: 403 },
  /** An integrity string without an algorithm that can be checked. */
  ERR_INTEGRITY_UNSUPPORTED: { stage: "verify", status: 422 },
  /** An author's signature that is none, or not that of the archive. */
  ERR_SIGNATURE_INVALID: { stage: "verify", status: 422 },
  /** A package is signed with another key than before, or no longer signed. */
  ERR_SIGNING_KEY_CHANGED: { stage: "verify", status: 409 },
  /** This runtime cannot check signatures. */
  ERR_SIGNATURE_UNSUPPORTED: { stage: "verify", status: 501 },
  /** A file whose format cannot be told, or cannot be imported. Node's own code. */
  ERR_UNKNOWN_MODULE_FORMAT: { stage: "compile", status: 415 },
  /** An import attribute that is not known. Node's own code. */
  ERR_IMPORT_ATTRIBUTE_UNSUPPORTED: { stage: "compile", status: 415 },
  /** Source that does not parse; carries file, line, column and the line itself. */
  ERR_SOURCE_PARSE: { stage: "compile", status: 422 },
  /** A thread that was to compile could not be started, or has ended. */
  ERR_COMPILER_UNAVAILABLE: { stage: "compile", status: 500 },
  /** The store cannot be opened or used. */
  ERR_STORE_UNAVAILABLE: { stage: "store", status: 503, retryable: true },
  /** The store is full. */
  ERR_STORE_QUOTA: {
    stage: "store",
    status: 507,
    hint: "free some of this site's storage and run again",
  },
  /** A stored copy is damaged and no good one could be had. */
  ERR_STORE_CORRUPT: { stage: "store", status: 500 },
  /** A stored artifact that cannot be decoded. */
  ERR_ARTIFACT_INVALID: { stage: "store", status: 500 },
  /** A store whose platform cannot list it: what is in it cannot be shown, checked or dropped. */
  ERR_STORE_UNLISTED: { stage: "store", status: 501 },
  /** A pin that there is not, or a name that leads to nothing in the store. */
  ERR_CACHE_NOT_FOUND: { stage: "store", status: 404 },
  /** An import of a name that the module does not export. */
  ERR_EXPORT_NOT_FOUND: { stage: "link", status: 422 },
  /** An import of a name that two `export *` give. */
  ERR_AMBIGUOUS_EXPORT: { stage: "link", status: 422 },
  /** A name that two imports bind, or an import and a declaration; `details.problems` has both places of each. */
  ERR_IMPORT_NAME_CONFLICT: { stage: "link", status: 422 },
  /** More modules or packages than `limits.ts` allows. */
  ERR_GRAPH_LIMIT: { stage: "link", status: 413 },
  /** The program itself threw; `cause` is what it threw. */
  ERR_EVALUATION_FAILED: { stage: "run", status: 500 },
  /** A program called something of Node that browsers do not have; says who imports it, and how it came into the program. */
  ERR_BUILTIN_UNAVAILABLE: {
    stage: "run",
    status: 501,
    hint: "look for a build of the package for browsers, or for an option that does without",
  },
  /** This host has no way to evaluate code. */
  ERR_EVALUATE_UNAVAILABLE: { stage: "run", status: 501 },
  /** An image that is not what its program is linked to now. */
  ERR_IMAGE_MISMATCH: { stage: "run", status: 409 },
  /** An isolate was asked for with settings that cannot be held, or that two programs could share by mistake. */
  ERR_ISOLATE_CONFIGURATION: { stage: "run", status: 500 },
  /** A program that was to answer requests, and has no `export default { fetch }`. */
  ERR_NO_FETCH_HANDLER: { stage: "run", status: 422 },
  /** A request that the edge has no route for. */
  ERR_ROUTE_NOT_FOUND: { stage: "fetch", status: 404 },
  /** A request to the edge that is neither GET nor HEAD. */
  ERR_METHOD_NOT_ALLOWED: { stage: "fetch", status: 405 },
  /** A part of a file that lies beyond its end. */
  ERR_RANGE_NOT_SATISFIABLE: { stage: "fetch", status: 416 },
  /** A request to the edge whose body or parameters cannot be read. */
  ERR_REQUEST_INVALID: { stage: "fetch", status: 400 },
  /** More requests than the operator of the edge allows. */
  ERR_RATE_LIMITED: { stage: "fetch", status: 429, retryable: true },
  /** A request to the edge that has to say who asks, and does not, or with a token that is not valid (any more). */
  ERR_AUTH_REQUIRED: { stage: "fetch", status: 401, hint: "log in to this registry" },
  /** A request to the edge by somebody who may not. */
  ERR_FORBIDDEN: { stage: "fetch", status: 403 },
  /** A login at the edge that was never begun, has ended, or took too long. */
  ERR_LOGIN_EXPIRED: { stage: "fetch", status: 410 },
  /** The upstream registry has no such service: search, audit. */
  ERR_UPSTREAM_UNSUPPORTED: { stage: "fetch", status: 501 },
  /** What was to be published is not a package, or not the one it says it is. */
  ERR_PUBLISH_INVALID: { stage: "fetch", status: 422 },
  /** A version that has been published before: what a version is never changes. */
  ERR_VERSION_EXISTS: { stage: "fetch", status: 409 },
  /** Others changed the package as often as this request tried to. */
  ERR_PUBLISH_CONFLICT: { stage: "fetch", status: 409, retryable: true },
  /** A published version is not taken back. */
  ERR_UNPUBLISH_REFUSED: { stage: "fetch", status: 405 },
  /** The edge was started with a setting that is missing or cannot be used. */
  ERR_EDGE_CONFIGURATION: { stage: "fetch", status: 500 },
  /** The edge failed in a way it does not know: a bug. */
  ERR_EDGE_FAILED: { stage: "fetch", status: 500 },
} as const satisfies Record<string, ErrorRow>;

/** A stable error code. */
export type ErrorCode = keyof typeof ERRORS;

/** Facts that go with an error; plain data, so that it survives JSON and `postMessage`. */
export interface ErrorDetails {
  /** What was being loaded: a specifier, a URL, `name@version`. */
  specifier?: string;
  /** Who asked for it: module URL or file, with `:line:column` where known. */
  referrer?: string;
  /** `name@version` of the package concerned. */
  package?: string;
  expected?: string;
  actual?: string;
  size?: number;
  limit?: number;
  status?: number;
  url?: string;
  file?: string;
  line?: number;
  column?: number;
  /** The offending line of source with a caret under the column. */
  frame?: string;
  /** A way out that fits this case better than the table's. */
  hint?: string;
  [other: string]: unknown;
}

/** How an error travels between realms and over HTTP: never with stack or cause. */
export interface ErrorJson {
  code: ErrorCode;
  stage: Stage;
  message: string;
  details: ErrorDetails;
}

/** The one error class. `details` holds the facts, `message` the sentence made of them. */
export class LoaderError extends Error {
  override readonly name = "LoaderError";
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }

  get stage(): Stage {
    return ERRORS[this.code].stage;
  }

  /** HTTP status that fits. */
  get status(): number {
    return ERRORS[this.code].status;
  }

  /** Whether the same call may succeed later. */
  get retryable(): boolean {
    const row: ErrorRow = ERRORS[this.code];
    if (this.code !== "ERR_FETCH_STATUS") return row.retryable === true;
    const status = this.details.status ?? 0;
    return status === 408 || status === 429 || status >= 500;
  }

  /** What to do about it, if there is something. */
  get hint(): string | undefined {
    const row: ErrorRow = ERRORS[this.code];
    return this.details.hint ?? row.hint;
  }

  toJSON(): ErrorJson {
    return { code: this.code, stage: this.stage, message: this.message, details: this.details };
  }

  /** Rebuilds an error that came as JSON. */
  static fromJSON(json: ErrorJson): LoaderError {
    return new LoaderError(json.code, json.message, json.details);
  }
}

/** True for a LoaderError of any copy of this module, in any realm. */
export function isLoaderError(value: unknown): value is LoaderError {
  return (
    value instanceof Error &&
    value.name === "LoaderError" &&
    "code" in value &&
    Object.hasOwn(ERRORS, String(value.code))
  );
}

/** True for JSON that `toJSON` wrote. */
export function isErrorJson(value: unknown): value is ErrorJson {
  return (
    typeof value === "object" &&
    value !== null &&
    "code" in value &&
    typeof value.code === "string" &&
    Object.hasOwn(ERRORS, value.code) &&
    "message" in value &&
    typeof value.message === "string" &&
    "details" in value &&
    typeof value.details === "object" &&
    value.details !== null
  );
}

/** An error as a person reads it: the fact, the fields, the way out. */
export function formatError(error: LoaderError): string {
  const { details } = error;
  const fields: [string, string | undefined][] = [
    ["package", details.package],
    ["referrer", details.referrer],
    ["expected", details.expected],
    [
      "actual",
      details.size === undefined ? details.actual : details.actual && `${details.actual} (${details.size} bytes)`,
    ],
  ];
  const lines = [`${error.message} [${error.code}]`];
  for (const [label, value] of fields) if (value !== undefined) lines.push(`    ${label}: ${value}`);
  if (details.frame !== undefined) lines.push(...details.frame.split("\n").map((line) => `    ${line}`));
  if (error.hint !== undefined) lines.push(`    hint: ${error.hint}`);
  return lines.join("\n");
}
