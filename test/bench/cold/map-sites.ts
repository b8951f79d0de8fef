import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { installedSource } from "../program.ts";
import { runProcess } from "../solve/run-process.ts";
import { COLD_PROGRAM, COLD_PROGRAM_OF_FILES } from "./cold-program.ts";
import { html, script, type Site, type SiteFile } from "./site.ts";
import { wrapReact, WRAPPED_PACKAGES, type WrappedModule } from "./wrap-commonjs.ts";

export const JSPM = { "@jspm/generator": "2.16.3" };

/** Of JSPM's generator: the map, and all that is loaded before the program starts. */
interface Traced {
  readonly map: { readonly imports: Record<string, string>; readonly scopes: Record<string, Record<string, string>> };
  /** `file:` URLs. */
  readonly staticDeps: readonly string[];
}

const GENERATE = `
import { Generator } from "@jspm/generator";
const here = new URL("./", import.meta.url);
const env = ["browser", "production", "module"];
const generator = new Generator({ baseUrl: here, mapUrl: here, defaultProvider: "nodemodules", env });
const { staticDeps } = await generator.install(process.argv.slice(2));
console.log(JSON.stringify({ map: generator.getMap(), staticDeps }));
`;

/** What is imported of the two libraries: all of each, or single files. */
const PICKS = {
  barrels: { program: COLD_PROGRAM, libraries: ["date-fns", "lodash-es"] },
  "single files": {
    program: COLD_PROGRAM_OF_FILES,
    libraries: ["date-fns/addDays", "date-fns/format", "lodash-es/debounce.js", "lodash-es/groupBy.js"],
  },
};

/**
 * The program's modules as npm has them, through the import map that JSPM's generator makes; with the preloads that it makes,
 * and without. @param folder where the packages and the generator are installed
 */
export async function createMapSites(folder: string): Promise<Site[]> {
  const wrapped = wrapReact(folder);
  const sites: Site[] = [];
  for (const [picks, { program, libraries }] of Object.entries(PICKS)) {
    const traced = await trace(folder, ["react", "react-dom/client", "zustand", ...libraries]);
    const files = moduleFiles(folder, traced, wrapped);
    const preloads = [...files.keys()].map((path) => `<link rel="modulepreload" href="${path}">`);
    const map = `<script type="importmap">${JSON.stringify(withWrapped(traced, wrapped))}</script>`;
    const page = (links: string): Map<string, SiteFile> =>
      new Map([
        ["/", html(`${map}${links}<script type="module" src="/main.js"></script>`)],
        ["/main.js", script(installedSource(program))],
        ...files,
      ]);
    sites.push({ name: `modules, ${picks}`, files: page("") });
    sites.push({ name: `JSPM with preloads, ${picks}`, files: page(preloads.join("")) });
  }
  return sites;
}

async function trace(folder: string, specifiers: readonly string[]): Promise<Traced> {
  const file = join(folder, "generate.mjs");
  writeFileSync(file, GENERATE);
  const { stdout } = await runProcess({
    command: process.execPath,
    args: [file, ...specifiers],
    cwd: folder,
    env: {},
  });
  return JSON.parse(stdout) as Traced;
}

/** Every module that is loaded, by its path. */
function moduleFiles(folder: string, { staticDeps }: Traced, wrapped: readonly WrappedModule[]): Map<string, SiteFile> {
  const root = pathToFileURL(`${folder}/`).href;
  const own = staticDeps
    .map((url) => url.slice(root.length - 1))
    .filter((path) => !WRAPPED_PACKAGES.some((name) => path.startsWith(`/node_modules/${name}/`)));
  return new Map([
    ...wrapped.map(({ path, code }) => [path, script(code)] as const),
    ...own.map((path) => [path, script(readFileSync(fileURLToPath(root.slice(0, -1) + path)))] as const),
  ]);
}

/** The generator's map, with React where it has been made ES modules. */
function withWrapped({ map }: Traced, wrapped: readonly WrappedModule[]): object {
  const react = Object.fromEntries(wrapped.map(({ specifier, path }) => [specifier, path]));
  return { ...map, imports: { ...map.imports, ...react } };
}
