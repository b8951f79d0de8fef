import { type FetchContext } from "../../src/fetch/fetch-bytes.ts";
import { createParallelLimit } from "../../src/fetch/limit-parallel.ts";
import { readRegistries, type RegistryTexts } from "../../src/fetch/registries/read-registries.ts";
import { createRegistry, type Registry } from "../../src/fetch/registry.ts";
import { unpackArchive } from "../../src/fetch/unpack-archive.ts";
import { importMapOf } from "../../src/lock/export/import-map.ts";
import { layOutModules } from "../../src/lock/export/modules-layout.ts";
import { scanImports } from "../../src/link/scan-imports.ts";
import type { Lock, LockedPackage, TextMap } from "../../src/lock/lock.ts";
import { lockPart } from "../../src/project/lock-part.ts";
import { packageEntries, parsePackageManifest } from "../../src/project/package-entries.ts";
import { wantedPackages } from "../../src/project/wanted-packages.ts";
import { digestBytes } from "../../src/verify/digest.ts";
import { formatIntegrity } from "../../src/verify/integrity.ts";

/** What runs in a page: neither tools nor what was made for an operating system. */
const IN_A_PAGE = { production: true, platform: { os: "browser", cpu: "wasm32" } } as const;
/** Import maps are made of absolute URLs; what is printed is relative to the page. */
const ROOT = "https://project.invalid/";

interface ReadPackage {
  readonly entries: TextMap;
  /** `./file` of an entry, or of what one imports → SRI. */
  readonly integrity: ReadonlyMap<string, string>;
}

/**
 * A lock as a standard import map for pages that serve `node_modules` as npm lays it out, with the integrity of every entry, and of all
 * that entries import of their own package.
 * The archives are fetched and verified: only they say what a package's entries are.
 * @param manifests text of the project's package.json files by path
 * @param registry base URL; ends with `/`
 * @param registries what the project says of others
 */
export async function printImportMap(
  lock: Lock,
  manifests: Readonly<Record<string, string>>,
  context: FetchContext,
  registry: string,
  registries: RegistryTexts,
): Promise<string> {
  const part = lockPart(lock, wantedPackages(lock, IN_A_PAGE));
  const settings = readRegistries(registry, registries);
  const archives = createRegistry(context, settings.registry ?? registry, settings);
  const limit = createParallelLimit(context.limits.parallelFetches);
  const read = new Map(
    await Promise.all(
      Object.entries(part.packages).map(([id, locked]) =>
        limit(async () => [id, await readPackage(id, locked, manifests, context, archives)] as const),
      ),
    ),
  );
  const packages = Object.entries(part.packages).map(([id, locked]): [string, LockedPackage] => [
    id,
    { ...locked, entries: read.get(id)?.entries ?? {} },
  ]);
  const folders = foldersOf(part);
  const map = importMapOf(
    { ...part, packages: Object.fromEntries(packages) },
    {
      folder: (id) => `${ROOT}${folders.get(id) ?? `node_modules/${id}`}/`,
      integrity: (id) => read.get(id)?.integrity ?? [],
    },
  );
  return `${JSON.stringify(map, undefined, 2).replaceAll(`"${ROOT}`, '"./')}\n`;
}

/** Id → the first folder of node_modules that has it, or the folder of the project. */
function foldersOf(lock: Lock): Map<string, string> {
  const folders = new Map<string, string>();
  for (const { id, path, link } of layOutModules(lock)) {
    if (id !== undefined && !folders.has(id)) folders.set(id, link ?? path);
  }
  return folders;
}

async function readPackage(
  id: string,
  locked: LockedPackage,
  manifests: Readonly<Record<string, string>>,
  context: FetchContext,
  registry: Registry,
): Promise<ReadPackage> {
  const { name, version, source, integrity = "", resolved } = locked;
  if (source.kind === "workspace" || source.kind === "path") {
    const manifest = parsePackageManifest(manifests[`${source.path}/package.json`] ?? "{}", id);
    return { entries: packageEntries({ key: id, name, manifest }), integrity: new Map() };
  }
  const tarball = source.kind === "url" ? source.url : resolved;
  const { bytes } = await registry.archive({ name, version, integrity, tarball });
  const files = await unpackArchive(bytes, { package: id }, context.limits);
  const manifest = parsePackageManifest(new TextDecoder().decode(files.get("package.json")), id);
  const entries = packageEntries({ key: id, name, manifest, files: [...files.keys()] });
  const hashes = new Map<string, string>();
  for (const [file, content] of reachedFiles(Object.values(entries), files))
    hashes.set(file, formatIntegrity("sha384", await digestBytes("sha384", content)));
  return { entries, integrity: hashes };
}

/** The files of entries, and those that they import by relative paths, as a browser reads them: to the letter. */
function reachedFiles(
  entries: readonly string[],
  files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
): Map<string, Uint8Array<ArrayBuffer>> {
  const reached = new Map<string, Uint8Array<ArrayBuffer>>();
  const open = [...entries];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    const content = files.get(file.slice("./".length));
    if (content === undefined || reached.has(file)) continue;
    reached.set(file, content);
    if (!/\.m?js$/.test(file)) continue;
    for (const { specifier, kind } of scanImports(new TextDecoder().decode(content))) {
      const isBeside = /^\.{0,2}\//.test(specifier) && (kind === "import" || kind === "dynamic");
      if (isBeside) open.push(`.${new URL(specifier, new URL(file, ROOT)).pathname}`);
    }
  }
  return reached;
}
