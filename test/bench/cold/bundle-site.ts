import { fileURLToPath } from "node:url";
import { build, type BuildOptions } from "esbuild";
import { bundleOptions } from "../workspace/esbuild-options.ts";
import { COLD_PROGRAM } from "./cold-program.ts";
import { html, script, type Site, type SiteFile } from "./site.ts";

/** The program as one minified file. @param folder where its packages are installed */
export async function createBundleSite(folder: string): Promise<Site> {
  const file = await minified(bundleOptions(COLD_PROGRAM, folder));
  return {
    name: "one bundle",
    files: new Map([
      ["/", html(`<script type="module" src="/bundle.js"></script>`)],
      ["/bundle.js", file],
    ]),
  };
}

/** Bundles a script of a page, with the values put in. @param entry its file */
export async function bundleScript(entry: URL, values: Readonly<Record<string, unknown>>): Promise<SiteFile> {
  const define = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, JSON.stringify(value)]));
  return minified({ entryPoints: [fileURLToPath(entry)], define });
}

/** Bundled and minified by esbuild into one file. */
async function minified(options: BuildOptions): Promise<SiteFile> {
  const always = { bundle: true, minify: true, format: "esm", target: "es2022", write: false } as const;
  const [file] = (await build({ ...options, ...always })).outputFiles;
  if (file === undefined) throw new Error("esbuild gave no file");
  return script(file.contents);
}
