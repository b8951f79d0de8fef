import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { BENCH_FOLDER } from "../workspace/folder.ts";
import { installPackages } from "../workspace/install-packages.ts";
import { BUNDLER_HOST } from "./bundler-host.ts";

/** A worker that runs programs, as workerd is given it: paths of its modules by name, the first is the main one. */
export type HostModules = Readonly<Record<string, string>>;

export const BUNDLER_VERSION = "0.2.3";

/** Raya's host, minified as for a deployment. */
export async function buildRayaHost(): Promise<HostModules> {
  const entry = fileURLToPath(new URL("../../worker/run/bench-host.ts", import.meta.url));
  return { "raya-host.js": await bundleWorker(entry, "raya-host.js") };
}

/** The host of @cloudflare/worker-bundler, with its WebAssembly. */
export async function buildBundlerHost(): Promise<HostModules> {
  const folder = `${BENCH_FOLDER}worker-bundler`;
  installPackages({ "@cloudflare/worker-bundler": BUNDLER_VERSION }, folder);
  const entry = join(folder, "host.js");
  writeFileSync(entry, BUNDLER_HOST);
  const main = await bundleWorker(entry, "bundler-host.js");
  const wasm = `${BENCH_FOLDER}hosts/esbuild.wasm`;
  copyFileSync(join(folder, "node_modules/@cloudflare/worker-bundler/dist/esbuild.wasm"), wasm);
  return { "bundler-host.js": main, "esbuild.wasm": wasm };
}

/** Bundles a worker as it is deployed, and gives the path of its one file. */
export async function bundleWorker(entry: string, name: string): Promise<string> {
  const outfile = `${BENCH_FOLDER}hosts/${name}`;
  mkdirSync(`${BENCH_FOLDER}hosts`, { recursive: true });
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    conditions: ["workerd", "worker", "browser"],
    target: "esnext",
    external: ["node:*", "cloudflare:*", "*.wasm"],
    logLevel: "error",
  });
  return outfile;
}
