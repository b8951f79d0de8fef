import { build, type BuildOptions } from "esbuild";
import { bundleOptions } from "../workspace/esbuild-options.ts";
import { COLD_PROGRAM } from "./cold-program.ts";
import { html, script, type Site, type SiteFile } from "./site.ts";

/** The program as one minified file. @param folder where its packages are installed */
export async function createBundleSite(folder: string): Promise<Site> {
  const file = await bundle(bundleOptions(COLD_PROGRAM, folder));
  return {
    name: "one bundle",
    files: new Map([
      ["/", html(`<script type="module" src="/bundle.js"></script>`)],
      ["/bundle.js", file],
    ]),
  };
}

/** Minified by esbuild into one file. */
export async function bundle(options: BuildOptions): Promise<SiteFile> {
  const { outputFiles } = await build({
    ...options,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error("esbuild gave no file");
  return script(file.contents);
}
