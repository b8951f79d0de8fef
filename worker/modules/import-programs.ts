import type { Host } from "../../src/host.ts";
import { createLoader, type Loader, type LoaderOptions, type Program } from "../../src/loader.ts";
import { LINK_BASE } from "./module-address.ts";

const ENTRY = "/main.js";

/** Programs of nothing but imports. All calls throw LoaderError, of all stages. */
export interface ImportPrograms {
  /** Linked module by module. */
  load(specifiers: readonly string[]): Promise<Program>;
  /** The same of a module of a package, by the lockfile that it was found by. @param key of the package in the lockfile */
  loadModule(url: string, key: string, lockfile: string): Promise<Program>;
  /** Linked into one image with source maps. @param text what it imports and exports */
  loadImage(text: string, key: string, lockfile: string): Promise<Program>;
}

/**
 * Makes a loader for each of them. What the loads of one loader have in common are promises, and workerd ends requests that wait for
 * another's.
 */
export function createImportPrograms(host: Host, registry: string): ImportPrograms {
  const createWith = (how: Pick<LoaderOptions, "linking" | "sourceMaps">): Loader =>
    createLoader(host, { registry, base: LINK_BASE, keepLinked: "nothing", keepMetadata: true, ...how });
  return {
    load: (specifiers) => {
      const text = specifiers.map((specifier) => `import ${JSON.stringify(specifier)};`).join("\n");
      return createWith({ linking: "modules" }).load({ files: { [ENTRY]: text }, entry: ENTRY });
    },
    loadModule: (url, key, lockfile) =>
      loadLocked(createWith({ linking: "modules" }), `import ${JSON.stringify(url)};`, key, lockfile),
    loadImage: (text, key, lockfile) =>
      loadLocked(createWith({ linking: "image", sourceMaps: true }), text, key, lockfile),
  };
}

/** Files are imported by addresses that say no package's name: an `import()` that is never made keeps it locked. */
function loadLocked(loader: Loader, text: string, key: string, lockfile: string): Promise<Program> {
  const exact = key.replace(/\(.*$/, "");
  const files = { [ENTRY]: `${text}\n() => import(${JSON.stringify(exact)});` };
  return loader.load({ files, entry: ENTRY }, { lockfile });
}

/** What the program's own module imports, in order, as the linker has written it. */
export function importsOf({ image }: Program): string[] {
  const main = image.modules.find(({ url }) => url === `${LINK_BASE}project${ENTRY}`);
  const imports = (main?.code ?? "").matchAll(/import ("(?:[^"\\]|\\.)*");/g);
  return [...imports].map(([, url = '""']) => JSON.parse(url) as string);
}
