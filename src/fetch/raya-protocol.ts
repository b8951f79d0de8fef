import { nameSegments } from "./registry-urls.ts";

/**
 * Where a registry of the Raya protocol has what is known of a package.
 * @throws LoaderError ERR_INVALID_PACKAGE_NAME
 */
export function rayaPackageUrl(base: string, name: string): string {
  return `${base}packages/${nameSegments(name).join("/")}`;
}

/**
 * Where it has a version: the author's archive, or with `compiler` the `.rbin`.
 * @throws LoaderError ERR_INVALID_PACKAGE_NAME
 */
export function rayaDownloadUrl(base: string, name: string, version: string, compiler?: string): string {
  const query = compiler === undefined ? "format=tgz" : `compiler=${encodeURIComponent(compiler)}`;
  return `${rayaPackageUrl(base, name)}/${encodeURIComponent(version)}/download?${query}`;
}

/**
 * What such a registry tells of a package, in npm's words, as far as it is what it should be: whoever reads packuments checks the rest.
 * Yanked versions are not in it.
 * @param raw parsed JSON
 */
export function packumentOfRaya(raw: unknown): unknown {
  if (!isObject(raw) || !isObject(raw["versions"])) return raw;
  const versions = Object.entries(raw["versions"]).filter(
    ([, version]) => !isObject(version) || version["yanked"] === undefined,
  );
  const times = versions.map(([number, version]) => [number, isObject(version) ? version["published_at"] : undefined]);
  return {
    name: raw["name"],
    "dist-tags": raw["tags"],
    modified: raw["modified"],
    versions: Object.fromEntries(versions.map(([number, version]) => [number, manifestOf(version)])),
    time: Object.fromEntries(times.filter(([, time]) => time !== undefined)),
  };
}

function manifestOf(raw: unknown): unknown {
  if (!isObject(raw)) return raw;
  const { name, version, dependencies, deprecated, integrity, signature, public_key, compiler, index_checksum } = raw;
  return {
    name,
    version,
    dependencies,
    optionalDependencies: raw["optional_dependencies"],
    peerDependencies: raw["peer_dependencies"],
    deprecated,
    // What is signed is the archive.
    dist: {
      integrity,
      signature,
      public_key,
      ...(signature === undefined && { artifact: { compiler, checksum: index_checksum } }),
    },
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
