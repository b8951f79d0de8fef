import { fileURLToPath } from "node:url";
import { pinnedSource } from "../program.ts";
import { storeProgram } from "../workspace/stored-program.ts";
import { bundle } from "./bundle-site.ts";
import { COLD_PROGRAM } from "./cold-program.ts";
import { html, type Site } from "./site.ts";

/** A page with the loader and the program's own file and lockfile in its one script. @param edge origin of the edge behind it */
export async function createRayaSite(edge: string): Promise<Site> {
  const { lockfile } = await storeProgram(COLD_PROGRAM);
  const project = {
    entry: "/main.js",
    files: { "/main.js": pinnedSource(COLD_PROGRAM), "/raya.lock": lockfile },
  };
  const page = await bundle({
    entryPoints: [fileURLToPath(new URL("raya-page.ts", import.meta.url))],
    define: { PROJECT: JSON.stringify(project) },
  });
  return {
    name: "Raya",
    behind: edge,
    files: new Map([
      ["/", html(`<script type="module" src="/page.js"></script>`)],
      ["/page.js", page],
    ]),
  };
}
