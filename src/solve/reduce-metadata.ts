import { type Packument, reduceManifest, reducePackument, type VersionManifest } from "../fetch/reduce-packument.ts";

/** What solving needs of one version: a manifest as the loader keeps it, and what only a whole graph asks about. */
export interface VersionMetadata extends VersionManifest {
  readonly libc?: readonly string[];
  readonly engines?: Readonly<Record<string, string>>;
  /** Command → file in the package. */
  readonly bin?: Readonly<Record<string, string>>;
  /** Dependencies that lie in the archive itself. */
  readonly bundleDependencies?: readonly string[];
  /** When it was published: milliseconds since 1970. */
  readonly published?: number;
  /** Where it is from, if that is a repository. */
  readonly git?: GitOrigin;
}

/** A commit, by the URL that git fetches; `ref` is the branch or tag that was asked for. */
export interface GitOrigin {
  readonly url: string;
  readonly commit: string;
  readonly ref?: string;
}

/** What solving needs of a package. Its records have no prototype: every key in them came from the registry. */
export interface PackageMetadata extends Packument {
  readonly versions: Record<string, VersionMetadata>;
  /** Those of them that are releases, the lowest first, where somebody has put them in order. */
  readonly releases?: readonly string[] | undefined;
}

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Checks a whole packument as the registry sent it and keeps what solving needs. Of its own result it makes the same.
 * @param raw parsed JSON
 * @param name the package that was asked for
 * @throws LoaderError ERR_PACKUMENT_INVALID when it is no packument, is another package's, or files a manifest under a
 * version that is not the manifest's own.
 */
export function reduceMetadata(raw: unknown, name: string): PackageMetadata {
  const packument = reducePackument(raw, name);
  const manifests = objectOf(objectOf(raw)["versions"]);
  const times = objectOf(objectOf(raw)["time"]);
  const versions: Record<string, VersionMetadata> = Object.create(null);
  for (const [version, manifest] of Object.entries(packument.versions)) {
    versions[version] = { ...manifest, ...furtherFields(objectOf(manifests[version]), times[version]) };
  }
  return { ...packument, versions };
}

/**
 * The same for one version that was reduced before.
 * @param raw parsed JSON; its name and version may be left out
 * @throws LoaderError ERR_PACKUMENT_INVALID
 */
export function reduceVersion(raw: unknown, name: string, version: string): VersionMetadata {
  const whole = { name, version, ...objectOf(raw) };
  return { ...reduceManifest(whole, name, version), ...furtherFields(whole, undefined) };
}

/** @param time when a registry says that it was published; what was reduced before has that itself */
function furtherFields(raw: JsonObject, time: unknown): Partial<VersionMetadata> {
  const published = typeof time === "string" ? Date.parse(time) : Number(raw["published"] ?? Number.NaN);
  const found: { -readonly [Field in keyof VersionMetadata]?: VersionMetadata[Field] } = {};
  const libc = raw["libc"] === undefined ? [] : namesOf(raw["libc"]);
  if (libc.length > 0) found.libc = libc;
  const engines = raw["engines"] === undefined ? {} : textsOf(raw["engines"]);
  if (Object.keys(engines).length > 0) found.engines = engines;
  const bin = raw["bin"] === undefined ? {} : binOf(raw);
  if (Object.keys(bin).length > 0) found.bin = bin;
  const bundled = bundledOf(raw);
  if (bundled.length > 0) found.bundleDependencies = bundled;
  if (!Number.isNaN(published)) found.published = published;
  return found;
}

function binOf(raw: JsonObject): Record<string, string> {
  const bin = raw["bin"];
  if (typeof bin !== "string") return textsOf(bin);
  return { [String(raw["name"]).replace(/^@[^/]*\//, "")]: bin };
}

/** Both spellings are in use; `true` stands for all dependencies. */
function bundledOf(raw: JsonObject): string[] {
  const bundled = raw["bundleDependencies"] ?? raw["bundledDependencies"];
  if (bundled === undefined) return [];
  return bundled === true ? Object.keys(objectOf(raw["dependencies"])) : namesOf(bundled);
}

function namesOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((item) => typeof item === "string");
}

function textsOf(value: unknown): Record<string, string> {
  const entries = Object.entries(objectOf(value)).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return Object.assign(Object.create(null), Object.fromEntries(entries));
}

function objectOf(value: unknown): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
