import type { PackageArtifact } from "../artifact/package-artifact.ts";
import { isLoaderError } from "../errors.ts";
import { packageUrl } from "../link/package-address.ts";
import type { AheadImport, Image, ImagePart, LinkedAhead } from "../run/image.ts";
import type { RealmModules } from "./realm-modules.ts";

/**
 * Links every `import()` of a literal, and those of what they bring, as if each had been called; and finds the files that
 * the program may fetch. What does not load or link fails when it is called.
 */
export async function linkAhead(
  image: Pick<Image, "modules" | "base">,
  realm: RealmModules,
  artifactOf: (id: string) => Promise<PackageArtifact>,
): Promise<LinkedAhead> {
  const imports: AheadImport[] = [];
  const asked = new Set<string>();
  // The graph grows while it is walked: what an import brings comes after what is there.
  for (const { url: referrer, record } of realm.graph.values()) {
    for (const { kind, specifier, type: given, phase } of record.requests) {
      const type = phase ?? given;
      const key = JSON.stringify([specifier, referrer, type]);
      if (kind !== "dynamic" || asked.has(key)) continue;
      asked.add(key);
      const outcome = await importOrFail(realm, specifier, referrer, type);
      imports.push({ specifier, referrer, ...(type === undefined ? {} : { type }), outcome });
    }
  }
  const parts = imports.flatMap(({ outcome }) => ("modules" in outcome ? outcome.modules : []));
  const code = [...image.modules, ...parts].map((module) => module.code).join("\n");
  const assets = new Set([
    ...namedAssets(realm, image.base),
    ...(await wasmFiles(code, realm, image.base, artifactOf)),
  ]);
  return { imports, assets: [...assets].toSorted() };
}

async function importOrFail(
  realm: RealmModules,
  specifier: string,
  referrer: string,
  type: string | undefined,
): Promise<AheadImport["outcome"]> {
  try {
    const { entry, modules, wasm }: ImagePart = await realm.importModule(specifier, referrer, type);
    return { entry, modules, wasm };
  } catch (error) {
    if (isLoaderError(error)) return error.toJSON();
    throw error;
  }
}

/** What `new URL("x", import.meta.url)` names. */
function* namedAssets({ graph }: RealmModules, base: string): Generator<string> {
  for (const { url, record } of graph.values()) {
    for (const { kind, specifier } of record.requests) {
      const address = kind === "asset" ? URL.parse(specifier, url)?.href : undefined;
      if (address?.startsWith(base) === true) yield address;
    }
  }
}

/** WebAssembly of the packages whose file name stands somewhere in the program: that is how glue code asks for it. */
async function wasmFiles(
  code: string,
  { graph }: RealmModules,
  base: string,
  artifactOf: (id: string) => Promise<PackageArtifact>,
): Promise<string[]> {
  if (!code.includes(".wasm")) return [];
  const ids = new Set([...graph.values()].flatMap(({ owner }) => (owner.kind === "package" ? [owner.key] : [])));
  const found: string[] = [];
  for (const id of ids) {
    const { index } = await artifactOf(id);
    for (const path of index.files.keys()) {
      const isNamed = path.endsWith(".wasm") && code.includes(path.slice(path.lastIndexOf("/") + 1));
      if (isNamed) found.push(packageUrl(base, id, path));
    }
  }
  return found;
}
