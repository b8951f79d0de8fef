import { createImageFile, type Project } from "../../../src/index.ts";
import { type BenchProgram, pinnedSource } from "../program.ts";
import { type StoredProgram, storeProgram } from "../workspace/stored-program.ts";
import { bundleScript } from "./bundle-site.ts";
import { html, type Site } from "./site.ts";

const PAGE = `<script type="module" src="/page.js"></script>`;

/**
 * A page with the loader and its program's file and lockfile in its one script.
 * @param edge origin of the edge behind it
 */
export async function createRayaSite(program: BenchProgram, name: string, edge: string): Promise<Site> {
  const values = { PROJECT: projectOf(program, await storeProgram(program)) };
  const script = await bundleScript(new URL("raya-page.ts", import.meta.url), values);
  return {
    name,
    behind: edge,
    files: new Map([
      ["/", html(PAGE)],
      ["/page.js", script],
    ]),
  };
}

/** A page that fetches the image of its program; the loader is a script of its own, for when the program asks for more. */
export async function createImageSite(program: BenchProgram, name: string, edge: string): Promise<Site> {
  const stored = await storeProgram(program);
  const { bytes, integrity } = await createImageFile(stored.image);
  const preload = `<link rel="preload" as="fetch" href="/program.rimg" crossorigin>`;
  return {
    name,
    behind: edge,
    files: new Map([
      ["/", html(preload + PAGE)],
      ["/page.js", await bundleScript(new URL("image-page.ts", import.meta.url), { INTEGRITY: integrity })],
      ["/program.rimg", { type: "application/octet-stream", body: bytes, isPacked: true }],
      [
        "/load-program.js",
        await bundleScript(new URL("load-program.ts", import.meta.url), { PROJECT: projectOf(program, stored) }),
      ],
    ]),
  };
}

/** What the loader is given: the program's own file and lockfile. */
function projectOf(program: BenchProgram, { lockfile }: StoredProgram): Project {
  return { entry: "/main.js", files: { "/main.js": pinnedSource(program), "/raya.lock": lockfile } };
}
