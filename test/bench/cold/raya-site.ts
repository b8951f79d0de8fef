import { fileURLToPath } from "node:url";
import { type BenchProgram, pinnedSource } from "../program.ts";
import { storeProgram } from "../workspace/stored-program.ts";
import { bundle } from "./bundle-site.ts";
import { html, type Site } from "./site.ts";

/**
 * A page with the loader and the program's own file and lockfile in its one script.
 * @param edge origin of the edge behind it
 */
export async function createRayaSite(program: BenchProgram, name: string, edge: string): Promise<Site> {
  const { lockfile } = await storeProgram(program);
  const project = {
    entry: "/main.js",
    files: { "/main.js": pinnedSource(program), "/raya.lock": lockfile },
  };
  const page = await bundle({
    entryPoints: [fileURLToPath(new URL("raya-page.ts", import.meta.url))],
    define: { PROJECT: JSON.stringify(project) },
  });
  return {
    name,
    behind: edge,
    files: new Map([
      ["/", html(`<script type="module" src="/page.js"></script>`)],
      ["/page.js", page],
    ]),
  };
}
