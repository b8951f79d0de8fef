import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { listen } from "../../../scripts/listen.ts";

/** A page that is served on 127.0.0.1. */
export interface ServedPage {
  readonly url: string;
  close(): Promise<void>;
}

/** What else is served, by path; made when it is asked for. */
export type Files = Readonly<Record<string, () => string | Uint8Array>>;

/** Bundles `script`, a module of this repository, and serves a page that runs it, with `files` and esbuild's own. */
export async function servePage(script: URL, files: Files): Promise<ServedPage> {
  const bundled = await bundlePage(script);
  const wasm = readFileSync(new URL(import.meta.resolve("esbuild-wasm/esbuild.wasm")));
  const all: Files = {
    "/": () => `<!doctype html><meta charset="utf-8"><title>bench</title><script src="/page.js" defer></script>`,
    "/page.js": () => bundled,
    "/service-worker.js": () => SERVICE_WORKER,
    "/esbuild.wasm": () => wasm,
    ...files,
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
    const file = all[decodeURIComponent(pathname)];
    if (file === undefined) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": typeOf(pathname) }).end(file());
  });
  const port = await listen(server);
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}/`, close };
}

/** Keeps the page as an installed one is kept: without the network, and with its script compiled. */
const SERVICE_WORKER = `
addEventListener("install", (event) => {
  event.waitUntil(caches.open("page").then((cache) => cache.addAll(["/", "/page.js"])).then(() => skipWaiting()));
});
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  if (event.request.method === "GET")
    event.respondWith(caches.match(event.request).then((kept) => kept ?? fetch(event.request)));
});
`;

async function bundlePage(script: URL): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(script)],
    bundle: true,
    format: "iife",
    target: "esnext",
    write: false,
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error(`esbuild gave no file for ${script.pathname}`);
  return file.contents;
}

function typeOf(path: string): string {
  if (path === "/") return "text/html";
  if (path.endsWith(".js")) return "text/javascript";
  return path.endsWith(".wasm") ? "application/wasm" : "application/octet-stream";
}
