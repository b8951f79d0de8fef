import { type LockSource, lookup, type TextMap, toRecord } from "../lock.ts";
import { isTable, LockFields, present, type Table } from "../lock-fields.ts";
import { archiveSource, type ArchiveSource, type ImportOptions, projectPath } from "./archive-source.ts";
import { invalidForeign, invalidIn, unknownVersion } from "./foreign-text.ts";
import { manifestFacts } from "./manifest-facts.ts";
import { parsePlainYaml } from "./parse-plain-yaml.ts";
import { YARN_FILE, type YarnEntry } from "./yarn-graph.ts";

/** Of `__metadata`: Yarn 2 to 4 wrote 4 to 10. */
const OLDEST = 4;
const NEWEST = 10;

/**
 * Reads the entries of a yarn.lock of Yarn 2 and later. What it has for archives is a hash of the zip that Yarn makes of
 * them, not of the archive: it is kept as an artifact of `yarn-<cache key>`, and the packages have no integrity.
 * @throws LoaderError ERR_LOCKFILE_INVALID with the line where the text is not what Yarn writes; ERR_LOCKFILE_VERSION
 */
export function readBerryLock(text: string, options: ImportOptions): YarnEntry[] {
  const root = parsePlainYaml(YARN_FILE, text);
  if (!isTable(root)) throw invalidForeign(YARN_FILE, "it is not a map");
  const metadata = new LockFields(root, [], invalidIn(YARN_FILE)).table("__metadata") ?? {};
  const version = Number(metadata["version"]);
  if (!(version >= OLDEST && version <= NEWEST))
    throw unknownVersion(YARN_FILE, metadata["version"], `${OLDEST} to ${NEWEST}`);
  const cacheKey = typeof metadata["cacheKey"] === "string" ? metadata["cacheKey"] : "";
  return Object.entries(root)
    .filter(([key]) => key !== "__metadata")
    .map(([key, entry]) => {
      if (!isTable(entry)) throw invalidForeign(YARN_FILE, `"${key}" is not a map`);
      return entryOf(key, entry, cacheKey, options);
    });
}

function entryOf(key: string, table: Table, cacheKey: string, options: ImportOptions): YarnEntry {
  const fields = new LockFields(table, [key], invalidIn(YARN_FILE));
  const [, name, reference] = /^(@?[^@]+)@(.+)$/s.exec(fields.text("resolution")) ?? [];
  if (name === undefined || reference === undefined)
    throw invalidForeign(YARN_FILE, `the resolution of "${key}" is no package`);
  const version = fields.text("version");
  const dependencies = Object.entries(fields.textMap("dependencies") ?? {});
  const meta = fields.table("dependenciesMeta") ?? {};
  const isOptional = ([wanted]: [string, string]) => isOptionalIn(meta, wanted);
  const ranges = (found: [string, string][]): TextMap => toRecord(found);
  return {
    patterns: key.split(", ").map((pattern) => pattern.replace(/::locator=.*$/s, "")),
    facts: {
      name,
      version: version === "0.0.0-use.local" ? "0.0.0" : version,
      ...sourceOf({ name, version }, reference, options),
      ...platformsOf(fields.optionalText("conditions") ?? ""),
      ...manifestFacts(name, { bin: table["bin"], peerDependenciesMeta: booleans(table["peerDependenciesMeta"]) }),
      ...present({ artifacts: artifactsOf(fields, cacheKey) }),
    },
    dependencies: ranges(dependencies.filter((edge) => !isOptional(edge))),
    optionalDependencies: ranges(dependencies.filter(isOptional)),
    peerDependencies: fields.textMap("peerDependencies") ?? {},
  };
}

function sourceOf(
  identity: { name: string; version: string },
  reference: string,
  options: ImportOptions,
): ArchiveSource {
  const [address = "", parameters = ""] = reference.split("::");
  const [, scheme, rest = ""] = /^(npm|workspace|file|link|portal|patch):(.*)$/s.exec(address) ?? [];
  const path = projectPath(rest.replace(/#.*$/s, ""));
  if (scheme === "npm") {
    const url = new URLSearchParams(parameters).get("__archiveUrl") ?? undefined;
    return archiveSource(identity, url, options);
  }
  if (scheme === "patch") return archiveSource(identity, undefined, options);
  if (scheme === "workspace") return { source: { kind: "workspace", path } };
  if (scheme !== undefined) return { source: { kind: /\.(?:tgz|tar\.gz)$/.test(path) ? "file" : "path", path } };
  const [, url, commit] = /^(?:git\+)?(.+)#commit=([0-9a-f]{7,64})/.exec(address) ?? [];
  const git: LockSource | undefined =
    url === undefined || commit === undefined ? undefined : { kind: "git", url, commit };
  return git === undefined ? archiveSource(identity, address, options) : { source: git };
}

/** `os=darwin & (cpu=x64 | cpu=arm64)` as the lists that manifests have. */
function platformsOf(conditions: string): { os?: string[]; cpu?: string[]; libc?: string[] } {
  const values = (name: string) => {
    const found = [...conditions.matchAll(new RegExp(`\\b${name}=([\\w!-]+)`, "g"))].flatMap(
      ([, value]) => value ?? [],
    );
    return found.length === 0 ? undefined : found;
  };
  return present({ os: values("os"), cpu: values("cpu"), libc: values("libc") });
}

/** `10c0/<hex>`, or `<hex>` under the cache key of the whole lock. */
function artifactsOf(fields: LockFields, cacheKey: string): TextMap | undefined {
  const [, key = cacheKey, hash] = /^(?:([^/]+)\/)?([0-9a-f]{128})$/.exec(fields.optionalText("checksum") ?? "") ?? [];
  return hash === undefined ? undefined : { [`yarn-${key}`]: `sha512:${hash}` };
}

function isOptionalIn(meta: Table, name: string): boolean {
  const found = lookup(meta, name);
  return isTable(found) && found["optional"] === "true";
}

function booleans(meta: unknown): Table | undefined {
  if (!isTable(meta)) return undefined;
  return toRecord(Object.keys(meta).map((name) => [name, { optional: isOptionalIn(meta, name) }]));
}
