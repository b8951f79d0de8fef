import { LoaderError } from "../errors.ts";
import { integrityFromHex } from "../verify/integrity.ts";
import { archiveFileName } from "./archive-file-name.ts";

/** What Raya keeps of one version's package.json. */
export interface VersionManifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
  readonly peerDependenciesMeta?: Record<string, { optional?: boolean }>;
  readonly optionalDependencies?: Record<string, string>;
  readonly os?: string[];
  readonly cpu?: string[];
  readonly deprecated?: string;
  readonly dist: Dist;
}

/** Where an archive is and what it has to match. */
export interface Dist {
  /** SRI; made of `dist.shasum`, a SHA-1, where a very old version has nothing better. */
  readonly integrity?: string;
  /** URL, where it is not the usual one. */
  readonly tarball?: string;
  /** The author's signature, `ed25519:<base64>`, and the key that it is checked with. */
  readonly signature?: string;
  readonly public_key?: string;
  /** What a compiler has made of the archive, where the registry has it. */
  readonly artifact?: ArtifactDist;
}

/** An artifact that a registry has. */
export interface ArtifactDist {
  readonly compiler: string;
  /** `sha256:<hex>` of its index. */
  readonly checksum: string;
}

/** What Raya keeps of a packument. Its records have no prototype: every key in them came from the registry. */
export interface Packument {
  readonly name: string;
  readonly "dist-tags": Record<string, string>;
  readonly versions: Record<string, VersionManifest>;
}

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Checks a packument as the registry sent it and keeps what Raya uses.
 * @param raw parsed JSON
 * @param name the package that was asked for
 * @throws LoaderError ERR_PACKUMENT_INVALID when it is no packument, is another package's, or files a manifest under a
 * version that is not the manifest's own.
 */
export function reducePackument(raw: unknown, name: string): Packument {
  if (!isObject(raw)) throw invalid(name, "it is not a JSON object");
  if (raw["name"] !== name) throw invalid(name, `it is the packument of ${JSON.stringify(raw["name"])}`, UNTRUE);
  const versions = raw["versions"] ?? {};
  if (!isObject(versions)) throw invalid(name, `its "versions" are not an object`);
  const manifests = Object.entries(versions).map(
    ([version, manifest]) => [version, reduceManifest(manifest, name, version)] as const,
  );
  return { name, "dist-tags": strings(raw["dist-tags"]) ?? record([]), versions: record(manifests) };
}

/**
 * The same for one version.
 * @throws LoaderError ERR_PACKUMENT_INVALID
 */
export function reduceManifest(raw: unknown, name: string, version: string): VersionManifest {
  if (!isObject(raw)) throw invalid(name, `its version "${version}" is not an object`);
  if (raw["name"] !== name) throw untrue(raw["name"], "name", name, version);
  if (raw["version"] !== version) throw untrue(raw["version"], "version", name, version);
  return compact({
    name,
    version,
    dependencies: strings(raw["dependencies"]),
    peerDependencies: strings(raw["peerDependencies"]),
    peerDependenciesMeta: peerMeta(raw["peerDependenciesMeta"]),
    optionalDependencies: strings(raw["optionalDependencies"]),
    os: list(raw["os"]),
    cpu: list(raw["cpu"]),
    deprecated: text(raw["deprecated"]),
    dist: reduceDist(isObject(raw["dist"]) ? raw["dist"] : {}, name, version),
  });
}

/** Half of a packument's bytes are addresses that follow from name and version, and digests beside a better one. */
function reduceDist(raw: JsonObject, name: string, version: string): Dist {
  const shasum = text(raw["shasum"]);
  const weak = shasum !== undefined && /^[0-9a-f]{40}$/i.test(shasum) ? integrityFromHex("sha1", shasum) : undefined;
  const tarball = text(raw["tarball"]);
  return compact({
    integrity: text(raw["integrity"]) ?? weak,
    tarball:
      tarball === undefined || isUsualArchive(tarball, name, version) || hasPassword(tarball) ? undefined : tarball,
    signature: signatureText(raw["signature"]),
    public_key: signatureText(raw["public_key"]),
    artifact: raw["artifact"] === undefined ? undefined : artifactOf(raw["artifact"]),
  });
}

function artifactOf(value: unknown): ArtifactDist | undefined {
  if (!isObject(value)) return undefined;
  const [compiler, checksum] = [text(value["compiler"]), text(value["checksum"])];
  const isWhole = compiler !== undefined && checksum !== undefined && /^sha256:[0-9a-f]{64}$/.test(checksum);
  return isWhole ? { compiler, checksum } : undefined;
}

/** Other registries may mean something else by that name. */
function signatureText(value: unknown): string | undefined {
  const found = text(value);
  return found?.startsWith("ed25519:") === true ? found : undefined;
}

function isUsualArchive(tarball: string, name: string, version: string): boolean {
  if (!URL.canParse(tarball)) return false;
  const usual = `/${name}/-/${archiveFileName(name, version)}`;
  return new URL(tarball).pathname.replace(/%40/g, "@").replace(/%2f/gi, "/").endsWith(usual);
}

/** Such an address is not asked, and would end up in locks. */
function hasPassword(tarball: string): boolean {
  return URL.canParse(tarball) && new URL(tarball).password !== "";
}

// Old packages hold fields of every wrong type; like npm, these read them as if they were not there.

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function list(value: unknown): string[] | undefined {
  const values = Array.isArray(value) ? value.filter((item) => typeof item === "string") : [text(value) ?? []].flat();
  return values.length === 0 ? undefined : values;
}

function strings(value: unknown): Record<string, string> | undefined {
  if (!isObject(value)) return undefined;
  const texts: Record<string, string> = Object.create(null);
  for (const key of Object.keys(value)) {
    const item = value[key];
    if (typeof item === "string") texts[key] = item;
  }
  return texts;
}

function peerMeta(value: unknown): Record<string, { optional?: boolean }> | undefined {
  if (!isObject(value)) return undefined;
  return record(
    Object.entries(value).map(([name, meta]) => [
      name,
      isObject(meta) && meta["optional"] === true ? { optional: true } : {},
    ]),
  );
}

/** Without a prototype, so that a package called `constructor` or `__proto__` is a key like any other. */
function record<T>(entries: Iterable<readonly [string, T]>): Record<string, T> {
  const result: Record<string, T> = Object.create(null);
  for (const [key, value] of entries) result[key] = value;
  return result;
}

type Compact<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Leaves out what is undefined. */
function compact<T extends object>(value: T): Compact<T>;
function compact(value: Record<string, unknown>): object {
  const found: Record<string, unknown> = {};
  for (const field of Object.keys(value)) if (value[field] !== undefined) found[field] = value[field];
  return found;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function untrue(actual: unknown, field: string, name: string, version: string): LoaderError {
  return invalid(name, `its version "${version}" has the ${field} ${JSON.stringify(actual)}`, UNTRUE);
}

const UNTRUE =
  "trust neither: what is locked stays as it is; ask another registry or mirror, or the owner of this one, and try again";

function invalid(name: string, reason: string, hint?: string): LoaderError {
  return new LoaderError("ERR_PACKUMENT_INVALID", `The packument of "${name}" is not valid: ${reason}`, {
    package: name,
    ...(hint !== undefined && { hint }),
  });
}
