import { compileArchive } from "../artifact/compile-archive.ts";
import { extractTypes, readTypes } from "../artifact/package-types.ts";
import { COMPILER_ID } from "../compile/compile-objects.ts";
import { LoaderError } from "../errors.ts";
import type { Limits } from "../limits.ts";
import { digestBytes, sha256Hex } from "../verify/digest.ts";
import { formatIntegrity } from "../verify/integrity.ts";
import { assertCompiled } from "./assert-compiled.ts";
import { packArchive } from "./pack-archive.ts";
import { publishedManifest } from "./published-manifest.ts";
import { selectFiles } from "./select-files.ts";

/** A package as it can be published. */
export interface BuiltPackage {
  readonly name: string;
  readonly version: string;
  /** Paths of what is in the archive. */
  readonly files: readonly string[];
  /** The `.tgz`. */
  readonly archive: Uint8Array<ArrayBuffer>;
  /** SHA-512 of the archive, SRI. */
  readonly integrity: string;
  /** The `.rbin`. */
  readonly artifact: Uint8Array<ArrayBuffer>;
  /** `sha256:<hex>` of the `.rbin`. */
  readonly checksum: string;
  /** The compiler that made it. */
  readonly compiler: string;
  /** The `.rdef`; undefined where the package has no type definitions. */
  readonly types: Uint8Array<ArrayBuffer> | undefined;
  /** Whether the archive goes out with what is compiled of it. */
  readonly includeSource: boolean;
}

/** Settings of a build. */
export interface BuildOptions {
  /** The archive goes out with what is compiled of it (R45). Default: what the manifest says (R46), else false. */
  readonly includeSource?: boolean | undefined;
}

/**
 * Packs and compiles a package (R39, R41, R100): the same files give the same bytes everywhere.
 * @param contents files of the package's folder by path, forward slashes; what is published of them is chosen here
 * @throws LoaderError ERR_INVALID_PACKAGE_CONFIG, ERR_PUBLISH_INVALID where it has no name or version, or does not compile;
 * ERR_SIZE_LIMIT
 */
export async function buildPackage(
  contents: ReadonlyMap<string, Uint8Array>,
  limits: Limits,
  options: BuildOptions = {},
): Promise<BuiltPackage> {
  const manifest = publishedManifest(manifestTexts(contents), options.includeSource);
  const { name, version, fields, text, includeSource } = manifest;
  const key = `${name}@${version}`;
  const published = new Map([...contents, ["package.json", new TextEncoder().encode(text)] as const]);
  const files = selectFiles(published.keys(), fields);
  const archive = await packArchive(new Map(files.map((path) => [path, published.get(path) ?? new Uint8Array()])));
  if (archive.length > limits.archiveBytes)
    throw new LoaderError("ERR_SIZE_LIMIT", `The archive of "${key}" is larger than ${limits.archiveBytes} bytes`, {
      package: key,
      size: archive.length,
      limit: limits.archiveBytes,
    });
  const artifact = await compileArchive(archive, key, limits);
  assertCompiled(artifact, key);
  const types = await extractTypes(archive, key, limits);
  return {
    name,
    version,
    files: files.toSorted(),
    archive,
    integrity: formatIntegrity("sha512", await digestBytes("sha512", archive)),
    artifact,
    checksum: `sha256:${await sha256Hex(artifact)}`,
    compiler: COMPILER_ID,
    types: Object.keys(readTypes(types, key).files).length === 0 ? undefined : types,
    includeSource,
  };
}

/** The manifests of a package's folder. */
export function manifestTexts(contents: ReadonlyMap<string, Uint8Array>): Map<string, string> {
  const present = ["package.json", "raya.toml"].filter((file) => contents.has(file));
  return new Map(present.map((file) => [file, new TextDecoder().decode(contents.get(file))]));
}
