import { LoaderError } from "../../errors.ts";

/** An import of the project that leads to a package. */
export interface WantedImport {
  /** As it is written: `react-dom@19/client`. */
  readonly specifier: string;
  /** Absolute path of the file that asks, or URL of the module; with `package` a path in that. */
  readonly from: string;
  /** Id in the lockfile of the package that asks, if it is none of the project's files. */
  readonly package?: string;
  /** `later`: its package is locked, and nothing of it is sent yet. */
  readonly kind: "import" | "require" | "later";
  /** `type` of the import attributes; `source` for the import of a source. */
  readonly type?: string;
}

/** What `POST /graph` asks: JSON. */
export interface GraphQuestion {
  /** Whose artifacts are wanted. */
  readonly compiler: string;
  readonly imports: readonly WantedImport[];
  /** `process.env.NODE_ENV`. */
  readonly mode: string;
  /** Conditions that hold beside those of browsers. */
  readonly conditions: readonly string[];
  /** Names of the modules of Node that the realm has itself, without `node:`. */
  readonly builtins: readonly string[];
  /** Path → text of the project's manifests. */
  readonly manifests: Readonly<Record<string, string>>;
  readonly overrides: Readonly<Record<string, string>>;
  /** Milliseconds since 1970: only versions that were published by then are chosen. */
  readonly before?: number;
  /** Milliseconds. */
  readonly minimumReleaseAge?: number;
  readonly releaseAgeExceptions?: readonly string[];
  /** Text of a lockfile, TOML or JSON. */
  readonly lock?: string;
  /** Whether the packages' own source maps are wanted. */
  readonly maps: boolean;
  /** Of indexes, files and source maps that need not be sent: the first 24 hex digits of SHA-256. */
  readonly held: readonly string[];
}

/** Most imports that a question may have. */
const MOST_IMPORTS = 10_000;
const IMPORT_KINDS = ["import", "require", "later"];

/**
 * Reads a question that anybody may have sent.
 * @throws LoaderError ERR_REQUEST_INVALID
 */
export function readGraphQuestion(value: unknown): GraphQuestion {
  if (!isTable(value)) throw invalid("it is not an object");
  for (const field of ["compiler", "mode"])
    if (typeof value[field] !== "string") throw invalid(`"${field}" is no text`);
  for (const field of ["conditions", "builtins", "held"])
    if (!isTexts(value[field])) throw invalid(`"${field}" is no list of texts`);
  for (const field of ["manifests", "overrides"])
    if (!isTable(value[field]) || !isTexts(Object.values(value[field])))
      throw invalid(`"${field}" is no object whose values are texts`);
  for (const field of ["before", "minimumReleaseAge"])
    if (value[field] !== undefined && !Number.isFinite(value[field])) throw invalid(`"${field}" is no number`);
  if (value["releaseAgeExceptions"] !== undefined && !isTexts(value["releaseAgeExceptions"]))
    throw invalid('"releaseAgeExceptions" is no list of texts');
  if (value["lock"] !== undefined && typeof value["lock"] !== "string") throw invalid('"lock" is no text');
  if (typeof value["maps"] !== "boolean") throw invalid('"maps" is neither true nor false');
  const { imports } = value;
  if (!Array.isArray(imports) || imports.length > MOST_IMPORTS || !imports.every(isWantedImport))
    throw invalid(`"imports" is no list of at most ${MOST_IMPORTS} imports`);
  return value as unknown as GraphQuestion;
}

function isWantedImport(value: unknown): boolean {
  if (!isTable(value)) return false;
  const { specifier, from, kind, type = "", package: owner = "" } = value;
  return isTexts([specifier, from, kind, type, owner]) && IMPORT_KINDS.includes(String(kind));
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((text) => typeof text === "string");
}

function invalid(reason: string): LoaderError {
  return new LoaderError("ERR_REQUEST_INVALID", `The question for a graph cannot be read: ${reason}`, { reason });
}
