import { initialize, transform } from "esbuild-wasm";
import { timeCompile, toSourceFiles } from "./compile-sources.ts";
import type { Source } from "./source-sets.ts";

/** What the page of the compile section can do; each gives milliseconds. */
export interface CompileBench {
  startEsbuild(): Promise<number>;
  raya(set: string): Promise<number>;
  esbuild(set: string): Promise<number>;
}

declare global {
  interface Window {
    compileBench: CompileBench;
  }
}

const sets = new Map<string, Promise<Source[]>>();

function sourcesOf(set: string): Promise<Source[]> {
  const known = sets.get(set) ?? fetch(`/sets/${encodeURIComponent(set)}`).then((response) => response.json());
  sets.set(set, known);
  return known;
}

window.compileBench = {
  async startEsbuild() {
    const started = performance.now();
    await initialize({ wasmURL: "/esbuild.wasm" });
    return performance.now() - started;
  },
  async raya(set) {
    const files = toSourceFiles(await sourcesOf(set));
    return timeCompile(files);
  },
  /** All at once: esbuild is then never idle. */
  async esbuild(set) {
    const sources = await sourcesOf(set);
    const started = performance.now();
    await Promise.all(sources.map(({ text }) => transform(text, { loader: "js" })));
    return performance.now() - started;
  },
};
