/**
 * Measures what is kept of packuments against what a registry sends: by the loader, and by the solver of projects, as JSON
 * and as text a line a version.
 *
 *     node test/bench/metadata-bytes.ts [package …]
 *
 * The registry is the one that npm is configured for. One that has no abbreviated form sends everything in either case.
 */
import { KEPT_PACKUMENT } from "../../src/load/load-packument.ts";
import { npmRegistry } from "../../src/platform/node/npm-registry.ts";
import { printMetadata } from "../../src/solve/metadata-text.ts";
import { reduceMetadata } from "../../src/solve/reduce-metadata.ts";

const LARGE = "react typescript @types/node webpack vite next eslint @babel/core rxjs firebase".split(" ");
const ABBREVIATED = "application/vnd.npm.install-v1+json, application/json;q=0.9";
const named = process.argv.slice(2);
const total = { versions: 0, whole: 0, abbreviated: 0, loader: 0, solver: 0, text: 0 };

for (const name of named.length === 0 ? LARGE : named) {
  const [whole, abbreviated] = [await ask(name, "application/json"), await ask(name, ABBREVIATED)];
  const raw: unknown = JSON.parse(whole);
  const metadata = reduceMetadata(raw, name);
  const sizes = {
    versions: Object.keys(metadata.versions).length,
    whole: size(whole),
    abbreviated: size(abbreviated),
    loader: size(JSON.stringify(KEPT_PACKUMENT.reduce(JSON.parse(abbreviated), name))),
    solver: size(JSON.stringify(metadata)),
    text: size(printMetadata(metadata)),
  };
  for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += sizes[key];
  report(name, sizes);
}
report("all", total);

async function ask(name: string, accept: string): Promise<string> {
  const response = await fetch(new URL(name.replace("/", "%2f"), npmRegistry()), { headers: { accept } });
  if (!response.ok) throw new Error(`The registry answers ${response.status} for "${name}"`);
  return response.text();
}

function size(text: string): number {
  return new TextEncoder().encode(text).length;
}

function report(name: string, { versions, whole, ...sizes }: typeof total): void {
  const parts = Object.entries(sizes).map(([what, bytes]) => `${what} ${kilobytes(bytes)} (${percent(bytes, whole)})`);
  console.log(`${name}: ${versions} versions, whole ${kilobytes(whole)}, ${parts.join(", ")}`);
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1000)} kB`;
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1)} %`;
}
