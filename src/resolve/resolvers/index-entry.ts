import { LoaderError } from "../../errors.ts";

/** A module as a `modules.json` has it. Fields that are not read here are kept as they are. */
export interface IndexEntry {
  readonly name: string;
  readonly author: string;
  readonly version: string;
  readonly about?: string;
  readonly license?: string;
  /** Runtimes that it is for: `node`. */
  readonly needs: readonly string[];
  readonly keywords: readonly string[];
  readonly owners: readonly string[];
  readonly availableVersions: readonly string[];
  /** `latest`, `stable`, `beta` → version. */
  readonly tags: Readonly<Record<string, string>>;
  readonly source: IndexSource;
  readonly [field: string]: unknown;
}

/** Where a module's content is. */
export interface IndexSource {
  readonly type?: string;
  readonly url: string;
  /** `sha256:` and 64 hex digits. */
  readonly contentHash?: string;
  readonly repository?: Readonly<Record<string, unknown>>;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * The entry of a module in the text of a `modules.json`: its modules by name, or those in its `modules`.
 * @param url of the index, for errors
 * @throws LoaderError ERR_INDEX_INVALID, ERR_PACKAGE_NOT_FOUND
 */
export function readIndexEntry(text: string, name: string, url: string): IndexEntry {
  const root = parseIndex(text, url);
  const modules = isFields(root["modules"]) ? root["modules"] : root;
  const entry = Object.hasOwn(modules, name) ? modules[name] : undefined;
  if (entry === undefined) {
    throw new LoaderError("ERR_PACKAGE_NOT_FOUND", `The index has no module "${name}"`, { package: name, url });
  }
  if (!isFields(entry)) throw invalid(`"${name}" is not an object`, url);
  const textOf = (field: string): string => {
    const value = entry[field];
    if (typeof value === "string" && value !== "") return value;
    throw invalid(`"${name}" has no "${field}"`, url);
  };
  return {
    ...entry,
    name: textOf("name"),
    author: textOf("author"),
    version: textOf("version"),
    needs: texts(entry["needs"]),
    keywords: texts(entry["keywords"]),
    owners: texts(entry["owners"]),
    availableVersions: texts(entry["availableVersions"]),
    tags: textMap(entry["tags"]),
    source: readSource(entry["source"], name, url),
  };
}

function readSource(source: unknown, name: string, url: string): IndexSource {
  const { url: address, contentHash, ...others } = isFields(source) ? source : {};
  if (typeof address !== "string" || !/^https?:$/.test(URL.parse(address)?.protocol ?? ""))
    throw invalid(`the source of "${name}" has no URL`, url);
  if (contentHash === undefined) return { ...others, url: address };
  if (typeof contentHash === "string" && /^sha256:[0-9a-f]{64}$/.test(contentHash))
    return { ...others, url: address, contentHash };
  throw invalid(`the content hash of "${name}" is not sha256:<64 hex digits>`, url);
}

function parseIndex(text: string, url: string): Fields {
  try {
    const parsed: unknown = JSON.parse(text);
    if (isFields(parsed)) return parsed;
  } catch (cause) {
    throw invalid("it is not JSON", url, cause);
  }
  throw invalid("it is not an object", url);
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function textMap(value: unknown): Record<string, string> {
  const entries = Object.entries(isFields(value) ? value : {});
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(reason: string, url: string, cause?: unknown): LoaderError {
  return new LoaderError("ERR_INDEX_INVALID", `The index of modules cannot be used: ${reason}`, { url }, cause);
}
