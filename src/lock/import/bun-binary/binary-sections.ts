import { type TextMap, toRecord } from "../../lock.ts";
import type { BinaryPackage } from "./binary-packages.ts";
import { readVersion, versionWidth } from "./binary-resolution.ts";
import type { BinaryArray, BinaryView } from "./binary-view.ts";
import type { BunBinary } from "./read-bun-binary.ts";
import { wyhash } from "./wyhash.ts";

/** What the sections behind the arrays say (P21). */
export interface BinarySections {
  /** Hash of a workspace's name → its version, and its path. */
  readonly versions: ReadonlyMap<bigint, string>;
  readonly trusted: readonly string[] | undefined;
  readonly overrides: TextMap | undefined;
  readonly patches: TextMap | undefined;
  readonly catalogs: Readonly<Record<string, TextMap>> | undefined;
}

const WORKSPACES = "wOrKsPaC";
const TRUSTED = "tRuStEDd";
const TRUSTED_NONE = "eMpTrUsT";
const OVERRIDES = "oVeRriDs";
const PATCHED = "pAtChEdD";
const CATALOGS = "cAtAlOgS";
const TAGS: ReadonlySet<string> = new Set([WORKSPACES, TRUSTED, TRUSTED_NONE, OVERRIDES, PATCHED, CATALOGS]);
/** Width of a request, of a text, of a patch. */
const [REQUEST, TEXT, PATCH] = [26, 8, 24] as const;

/**
 * Reads the tagged sections. What has a tag that is not known (`cNfGvRsN`, `hOiStLiM`) is skipped, up to the next that is.
 * @throws LoaderError ERR_LOCKFILE_INVALID
 */
export function readSections(file: BunBinary, packages: readonly BinaryPackage[]): BinarySections {
  const reader = new SectionReader(file.view, file.sections);
  let versions: ReadonlyMap<bigint, string> = new Map();
  const found: { -readonly [Name in keyof Omit<BinarySections, "versions">]: BinarySections[Name] } = {
    trusted: undefined,
    overrides: undefined,
    patches: undefined,
    catalogs: undefined,
  };
  for (let tag = reader.nextTag(); tag !== undefined; tag = reader.nextTag()) {
    if (tag === WORKSPACES) versions = readVersions(reader, file);
    if (tag === TRUSTED) found.trusted = readTrusted(reader, packages);
    if (tag === TRUSTED_NONE) found.trusted = [];
    if (tag === OVERRIDES) found.overrides = readOverrides(reader);
    if (tag === PATCHED) found.patches = readPatches(reader, packages);
    if (tag === CATALOGS) found.catalogs = readCatalogs(reader);
  }
  return { versions, ...found };
}

/** Goes through the sections from array to array. */
class SectionReader {
  readonly view: BinaryView;
  #at: number;

  constructor(view: BinaryView, at: number) {
    this.view = view;
    this.#at = at;
  }

  /** Tags are eight letters at any place: what is skipped has no length. */
  nextTag(): string | undefined {
    for (; this.#at + 8 <= this.view.end; this.#at += 1) {
      const tag = String.fromCharCode(...this.view.bytes(this.#at, 8));
      if (!TAGS.has(tag)) continue;
      this.#at += 8;
      return tag;
    }
    return undefined;
  }

  /** What `read` makes of each record of the next array. */
  list<Value>(width: number, read: (at: number) => Value): Value[] {
    const array: BinaryArray = this.view.array(this.#at, width);
    this.#at = array.end;
    const values: Value[] = [];
    for (let at = array.start; at < array.end; at += width) values.push(read(at));
    return values;
  }

  hashes(): bigint[] {
    return this.list(8, (at) => this.view.u64(at));
  }

  texts(): string[] {
    return this.list(TEXT, (at) => this.view.text(at));
  }

  /** Name and range. */
  requests(): [name: string, range: string][] {
    return this.list(REQUEST, (at) => [this.view.text(at), this.view.text(at + 18)]);
  }
}

function readVersions(reader: SectionReader, file: BunBinary): ReadonlyMap<bigint, string> {
  const names = reader.hashes();
  const versions = reader.list(versionWidth(file), (at) => readVersion(file, at));
  // Paths stand with the packages too.
  reader.hashes();
  reader.texts();
  return new Map(versions.map((version, index) => [names[index] ?? 0n, version]));
}

/** The lower half of each name's hash; whoever is not in the graph has no name here. */
function readTrusted(reader: SectionReader, packages: readonly BinaryPackage[]): string[] {
  const trusted = new Set(reader.list(4, (at) => reader.view.u32(at)));
  const names = packages.filter(({ hash }) => trusted.has(Number(BigInt.asUintN(32, hash)))).map(({ name }) => name);
  return [...new Set(names)].toSorted();
}

function readOverrides(reader: SectionReader): TextMap {
  reader.hashes();
  return toRecord(reader.requests());
}

/** Each patch has the hash of the `name@version` that it is for. */
function readPatches(reader: SectionReader, packages: readonly BinaryPackage[]): TextMap {
  const hashes = reader.hashes();
  const paths = reader.list(PATCH, (at) => reader.view.text(at));
  const patched = new Map(
    packages.map(({ name, resolution }) => [wyhash(`${name}@${resolution}`), `${name}@${resolution}`]),
  );
  return toRecord(
    hashes.flatMap((hash, index): [string, string][] => {
      const id = patched.get(hash);
      return id === undefined ? [] : [[id, paths[index] ?? ""]];
    }),
  );
}

function readCatalogs(reader: SectionReader): Record<string, TextMap> {
  const read = (): TextMap => {
    const names = reader.texts();
    return toRecord(reader.requests().map(([, range], index) => [names[index] ?? "", range]));
  };
  const unnamed = read();
  const groups = reader.texts().map((name): [string, TextMap] => [name, read()]);
  return toRecord(Object.keys(unnamed).length === 0 ? groups : [["default", unnamed], ...groups]);
}
