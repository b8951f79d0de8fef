import { LoaderError } from "../../errors.ts";
import type { Lock } from "../lock.ts";
import { printLock } from "../print-lock.ts";
import type { ImportOptions } from "./archive-source.ts";
import { importBunBinary } from "./bun-binary/import-bun-binary.ts";
import { parseForeignJson } from "./foreign-text.ts";
import { importBunLock } from "./import-bun-lock.ts";
import { importDenoLock } from "./import-deno-lock.ts";
import { importPackageLock } from "./import-package-lock.ts";
import { importPnpmLock } from "./import-pnpm-lock.ts";
import { importYarnLock } from "./import-yarn-lock.ts";
import type { Manifests } from "./project-manifests.ts";

/** Path in the project → bytes. */
type Contents = ReadonlyMap<string, Uint8Array>;

type Importer = (bytes: Uint8Array, options: ImportOptions, manifests: () => Manifests) => Lock;

/** By the name of the tool's file. */
const IMPORTERS: Readonly<Record<string, Importer>> = {
  "package-lock.json": (bytes, options) => importPackageLock(textOf(bytes), options),
  "npm-shrinkwrap.json": (bytes, options) => importPackageLock(textOf(bytes), options),
  "pnpm-lock.yaml": (bytes, options) => importPnpmLock(textOf(bytes), options),
  "yarn.lock": (bytes, options, manifests) => importYarnLock(textOf(bytes), manifests(), options),
  "bun.lock": (bytes, options) => importBunLock(textOf(bytes), options),
  "bun.lockb": (bytes, options) => importBunBinary(bytes, options),
  "deno.lock": (bytes, options, manifests) => importDenoLock(textOf(bytes), manifests(), options),
};

/**
 * The text of a `raya.lock` with what the lock of another package manager says: the same versions and integrities.
 * @param contents of the project: the lock in its root, and for Yarn and Deno the `package.json` files
 * @param options `file` says which lock, where there are several
 * @throws LoaderError ERR_LOCKFILE_INVALID where it cannot be read, where there is none, or several; ERR_LOCKFILE_VERSION
 */
export function importLock(
  contents: Contents,
  options: ImportOptions & { readonly file?: string | undefined },
): string {
  const file = options.file ?? onlyLock(contents);
  const bytes = contents.get(file);
  const importer = Object.hasOwn(IMPORTERS, file) ? IMPORTERS[file] : undefined;
  if (importer === undefined || bytes === undefined)
    throw new LoaderError("ERR_LOCKFILE_INVALID", `The project has no lock "${file}" that can be imported`, {
      file,
      expected: Object.keys(IMPORTERS).join(", "),
    });
  return printLock(importer(bytes, options, () => manifestsOf(contents)));
}

function onlyLock(contents: Contents): string {
  const [file, ...others] = Object.keys(IMPORTERS).filter((name) => contents.has(name));
  if (file !== undefined && others.length === 0) return file;
  const found = [file, ...others].join(", ");
  const message =
    file === undefined
      ? "The project has no lock of another package manager"
      : `The project has several locks: ${found}`;
  const hint = file === undefined ? `one of ${Object.keys(IMPORTERS).join(", ")} in its root` : "say which one it is";
  throw new LoaderError("ERR_LOCKFILE_INVALID", message, { hint });
}

/** Of all folders. */
function manifestsOf(contents: Contents): Manifests {
  const manifests = [...contents].flatMap(([path, bytes]) => {
    const folder = /^(?:(?<folder>.+)\/)?package\.json$/.exec(path);
    return folder === null ? [] : [[folder.groups?.["folder"] ?? ".", parseForeignJson(path, textOf(bytes))] as const];
  });
  return Object.fromEntries(manifests);
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
