import { readManifests } from "../compile/read-manifests.ts";
import { unpackArchive } from "../fetch/unpack-archive.ts";
import type { Limits } from "../limits.ts";
import { invalidRbin } from "./rbin-format.ts";

/** The type definitions of a package, for editors and type checkers (R42); `files` is empty where it has none (R44). */
export interface PackageTypes {
  /** `name@version` */
  readonly package: string;
  /** Folder (`""` for the package itself) → what says where its types are: `types`, `typings`, `typesVersions`, `exports`, … */
  readonly manifests: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Path → text of its `.d.ts`, `.d.mts` and `.d.cts` files, doc comments and all. */
  readonly files: Readonly<Record<string, string>>;
}

/** What a type checker reads of a package.json. */
const FIELDS = ["name", "version", "type", "main", "module", "types", "typings", "typesVersions", "exports", "imports"];

/**
 * Makes the `.rdef` of an archive that has been verified: a `PackageTypes` as JSON, sorted by path. The same archive gives the
 * same bytes everywhere.
 * @param key `name@version`
 * @throws LoaderError ERR_ARCHIVE_INVALID, ERR_SIZE_LIMIT, ERR_INVALID_PACKAGE_CONFIG
 */
export async function extractTypes(
  archive: Uint8Array<ArrayBuffer>,
  key: string,
  limits: Limits,
): Promise<Uint8Array<ArrayBuffer>> {
  const isWanted = (path: string): boolean => isDefinition(path) || /(?:^|\/)package\.json$/.test(path);
  const unpacked = await unpackArchive(archive, { package: key }, limits, isWanted);
  const decoder = new TextDecoder();
  const files: Record<string, string> = Object.create(null);
  for (const path of [...unpacked.keys()].filter(isDefinition).toSorted())
    files[path] = decoder.decode(unpacked.get(path));
  const types: PackageTypes = { package: key, manifests: readManifests(unpacked, key, FIELDS), files };
  return new TextEncoder().encode(JSON.stringify(types));
}

function isDefinition(path: string): boolean {
  return /\.d\.[cm]?ts$/.test(path);
}

/**
 * Reads what `extractTypes` has made.
 * @throws LoaderError ERR_ARTIFACT_INVALID where the bytes are no such object, or that of another package than `key`
 */
export function readTypes(bytes: Uint8Array, key: string): PackageTypes {
  let found: unknown;
  try {
    found = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw invalidRbin(key, "its type definitions are not JSON", cause);
  }
  if (isPackageTypes(found) && found.package === key) return found;
  throw invalidRbin(key, "what is stored is not its type definitions");
}

function isPackageTypes(value: unknown): value is PackageTypes {
  return typeof value === "object" && value !== null && "package" in value && "files" in value && "manifests" in value;
}
