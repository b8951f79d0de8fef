import { build, initialize, type Plugin } from "esbuild-wasm";
import type { Host } from "../../../src/host.ts";
import type { StoreRecord } from "../../../src/store/byte-store.ts";
import { createStoredHost } from "../workspace/memory-host.ts";
import { type LoadInput, loadStored } from "./load-stored.ts";
import { targetKey, type VirtualFiles } from "./virtual-target.ts";

/** What the page of the link section fetches of a program, beside the objects. */
export interface LinkPageProgram extends LoadInput {
  readonly records: readonly (readonly [string, StoreRecord])[];
  /** Digests. */
  readonly objects: readonly string[];
  readonly files: VirtualFiles;
}

/** What the page can do; times in milliseconds. */
export interface LinkBench {
  startEsbuild(): Promise<number>;
  /** Fetches what both need. */
  prepare(name: string): Promise<void>;
  raya(name: string): Promise<{ total: number; link: number }>;
  /** `bytes`: of the bundle, to be compared with native esbuild's. */
  esbuild(name: string): Promise<{ total: number; bytes: number }>;
}

declare global {
  interface Window {
    linkBench: LinkBench;
  }
}

interface Prepared extends LinkPageProgram {
  readonly host: Host;
}

const programs = new Map<string, Prepared>();

function prepared(name: string): Prepared {
  const program = programs.get(name);
  if (program === undefined) throw new Error(`"${name}" has not been prepared`);
  return program;
}

window.linkBench = {
  async startEsbuild() {
    const started = performance.now();
    await initialize({ wasmURL: "/esbuild.wasm" });
    return performance.now() - started;
  },
  async prepare(name) {
    const program = (await (await fetch(`/programs/${encodeURIComponent(name)}`)).json()) as LinkPageProgram;
    const objects = await Promise.all(
      program.objects.map(async (digest) => {
        const answer = await fetch(`/objects/${digest}`);
        return [digest, new Uint8Array(await answer.arrayBuffer())] as const;
      }),
    );
    programs.set(name, { ...program, host: await createStoredHost(objects, program.records) });
  },
  async raya(name) {
    const program = prepared(name);
    const { total, link } = await loadStored(program.host, program, "objects");
    return { total, link };
  },
  async esbuild(name) {
    const { files } = prepared(name);
    const started = performance.now();
    const { outputFiles } = await build({
      stdin: { contents: files.entry, resolveDir: "/" },
      bundle: true,
      format: "esm",
      platform: "browser",
      define: { "process.env.NODE_ENV": '"production"' },
      logLevel: "silent",
      write: false,
      plugins: [virtualFileSystem(files)],
    });
    return { total: performance.now() - started, bytes: outputFiles[0]?.contents.length ?? 0 };
  },
};

function virtualFileSystem({ targets, texts }: VirtualFiles): Plugin {
  return {
    name: "virtual-file-system",
    setup(setup) {
      setup.onResolve({ filter: /.*/ }, ({ path, importer, kind }) => {
        const target = targets[targetKey(importer, path, kind)];
        return target === undefined ? undefined : { ...target, namespace: "virtual" };
      });
      setup.onLoad({ filter: /.*/, namespace: "virtual" }, ({ path }) => ({
        contents: texts[path] ?? "",
        loader: path.endsWith(".json") ? "json" : "js",
      }));
    },
  };
}
