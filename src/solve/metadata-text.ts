import { LoaderError } from "../errors.ts";
import { type PackageMetadata, reduceVersion, type VersionMetadata } from "./reduce-metadata.ts";

/**
 * Metadata as text, for the wire and the store: a line of JSON for the package, then one for each version. Of the versions
 * a solve looks at one in ten, so a line is parsed when somebody looks at it.
 */
export function printMetadata(metadata: PackageMetadata): string {
  const { name, versions } = metadata;
  const head = { name, "dist-tags": metadata["dist-tags"], versions: Object.keys(versions) };
  const lines = [head, ...Object.values(versions).map(withoutIdentity)];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}

/**
 * Reads any number of packages in that form.
 * @returns by name; a version is checked when it is looked at, which throws ERR_PACKUMENT_INVALID where it is none
 * @throws LoaderError ERR_PACKUMENT_INVALID for a text in another form
 */
export function readMetadataText(text: string): Map<string, PackageMetadata> {
  const packages = new Map<string, PackageMetadata>();
  for (let at = 0; at < text.length;) {
    const end = lineEnd(text, at);
    const head = readHead(text.slice(at, end));
    const starts = [end + 1];
    for (let left = head.versions.length; left > 0; left--) starts.push(lineEnd(text, starts.at(-1) ?? 0) + 1);
    packages.set(head.name, {
      name: head.name,
      "dist-tags": head["dist-tags"],
      versions: new Proxy(Object.create(null), new VersionLines(head, text, starts)),
    });
    at = starts.at(-1) ?? text.length;
  }
  return packages;
}

interface Head {
  readonly name: string;
  readonly "dist-tags": Record<string, string>;
  readonly versions: readonly string[];
}

/** A record of versions that are still text. */
class VersionLines implements ProxyHandler<Record<string, VersionMetadata>> {
  readonly #head: Head;
  readonly #text: string;
  /** Where each version's line starts, and the last one ends. */
  readonly #starts: readonly number[];
  readonly #read = new Map<string, VersionMetadata>();

  constructor(head: Head, text: string, starts: readonly number[]) {
    this.#head = head;
    this.#text = text;
    this.#starts = starts;
  }

  get(_record: object, version: string | symbol): VersionMetadata | undefined {
    if (typeof version === "symbol") return undefined;
    const known = this.#read.get(version);
    if (known !== undefined) return known;
    const index = this.#head.versions.indexOf(version);
    if (index === -1) return undefined;
    const line = this.#text.slice(this.#starts[index], this.#starts[index + 1]);
    const manifest = reduceVersion(parseLine(line), this.#head.name, version);
    this.#read.set(version, manifest);
    return manifest;
  }

  has(_record: object, version: string | symbol): boolean {
    return typeof version === "string" && this.#head.versions.includes(version);
  }

  ownKeys(): readonly string[] {
    return this.#head.versions;
  }

  getOwnPropertyDescriptor(record: object, version: string | symbol): PropertyDescriptor | undefined {
    if (!this.has(record, version)) return undefined;
    return { configurable: true, enumerable: true, get: () => this.get(record, version) };
  }
}

function withoutIdentity({ name: _name, version: _version, ...rest }: VersionMetadata): object {
  return rest;
}

function readHead(line: string): Head {
  const head = parseLine(line);
  if (typeof head === "object" && head !== null && "name" in head && "dist-tags" in head && "versions" in head) {
    const { name, versions, "dist-tags": tags } = head;
    const isList = Array.isArray(versions) && new Set(versions).size === versions.length;
    if (typeof name === "string" && isList && versions.every(isText) && isTextRecord(tags)) {
      return { name, versions, "dist-tags": Object.assign(Object.create(null), tags) };
    }
  }
  throw invalid("a package's line has other fields");
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw invalid("a line is not JSON", cause);
  }
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  if (end === -1) throw invalid("it breaks off");
  return end;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isTextRecord(value: unknown): value is Record<string, string> {
  return typeof value === "object" && value !== null && Object.values(value).every(isText);
}

function invalid(reason: string, cause?: unknown): LoaderError {
  return new LoaderError(
    "ERR_PACKUMENT_INVALID",
    `The metadata is not in the form that it is kept in: ${reason}`,
    {},
    cause,
  );
}
