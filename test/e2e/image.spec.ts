import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { expect } from "playwright/test";
import { html, script, type SiteFile } from "../bench/cold/site.ts";
import { startSiteServer } from "../bench/cold/site-server.ts";
import { test } from "./playground-test.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const PROGRAM = `
  import { h, render } from "preact@^10";
  const label = "drawn by " + (location.origin === self.origin ? "the page" : "a frame");
  const draw = (text: string) => render(h("button", { onClick }, text), document.body);
  const onClick = async () => draw("made " + (await import("nanoid@^5")).nanoid(7).length);
  draw(label);
`;

async function bundle(source: string): Promise<SiteFile> {
  const stdin = { contents: source, resolveDir: join(ROOT, "src/platform/browser") };
  const { outputFiles } = await build({ stdin, bundle: true, minify: true, format: "esm", write: false });
  return script(outputFiles[0]?.contents ?? "");
}

test.describe("a page whose program was linked before", () => {
  test.use({ ignoreHTTPSErrors: true });

  test("starts from its image alone; what it imports later, the loader brings", async ({ page, edge }) => {
    const folder = await mkdtemp(join(tmpdir(), "raya-image-"));
    const files = new Map<string, SiteFile>();
    const server = await startSiteServer({ name: "image", files, behind: edge.url });
    const origin = `https://127.0.0.1:${server.port}`;
    try {
      await writeFile(join(folder, "main.ts"), PROGRAM);
      const out = join(folder, "program.rimg");
      const command = [
        join(ROOT, "scripts/raya.mjs"),
        "image",
        folder,
        "main.ts",
        "--base",
        `${origin}/~/`,
        "--out",
        out,
      ];
      const { stdout } = await promisify(execFile)(process.execPath, command);
      const lockfile = await readFile(join(folder, "raya.lock"), "utf8");
      const project = { entry: "/main.ts", files: { "/main.ts": PROGRAM, "/raya.lock": lockfile } };
      files.set("/", html(`<script type="module" src="/page.js"></script>`));
      files.set("/program.rimg", { type: "application/octet-stream", body: await readFile(out), isPacked: true });
      files.set(
        "/page.js",
        await bundle(`
          import { fetchImage, runInPage } from "./client.ts";
          const loader = "/loader.js";
          const load = async () => (await import(loader)).load();
          await runInPage(await fetchImage("/program.rimg", { integrity: "${stdout.trim()}", load }));`),
      );
      files.set(
        "/loader.js",
        await bundle(`
          import { createBrowserHost, createLoader } from "./index.ts";
          const [registry, base, edge] = ["/npm/", "/~/", "/"].map((path) => new URL(path, location.href).href);
          export const load = () => createLoader(createBrowserHost(), { registry, base, edge }).load(${JSON.stringify(project)});`),
      );
      const asked: string[] = [];
      page.on("request", (request) => void asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
      await page.goto(origin);
      await expect(page.getByRole("button", { name: "drawn by the page" })).toBeVisible();
      expect(asked.filter((path) => !path.endsWith("favicon.ico"))).toEqual([
        "GET /",
        "GET /page.js",
        "GET /program.rimg",
      ]);
      asked.length = 0;
      await page.getByRole("button").click();
      await expect(page.getByRole("button", { name: "made 7" })).toBeVisible();
      // The program that is running, and what it imports now.
      expect(asked).toEqual(["GET /loader.js", "POST /graph", "POST /graph"]);
    } finally {
      server.close();
      await rm(folder, { recursive: true });
    }
  });
});
