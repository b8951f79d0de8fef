/** What `cloudflare:workers` gives the tests as `env`. */
declare namespace Cloudflare {
  interface GlobalProps {
    mainModule: typeof import("./run/host.ts");
  }
  interface Env {
    readonly RAYA_KV: KVNamespace;
    readonly RAYA_R2: R2Bucket;
    readonly LOADER: WorkerLoader;
    /** Answers with the method and the URL, JSON. */
    readonly ECHO: Fetcher;
    /** Base URL of the registry that npm is set to. */
    readonly UPSTREAM_REGISTRY: string;
  }
}

/** Beside what the edge uses of it. */
declare module "node:zlib" {
  export function zstdDecompressSync(bytes: Uint8Array): Uint8Array;
}
