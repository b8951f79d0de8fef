/** What `cloudflare:workers` gives the tests as `env`. */
declare namespace Cloudflare {
  interface Env {
    readonly RAYA_KV: KVNamespace;
    readonly RAYA_R2: R2Bucket;
  }
}
