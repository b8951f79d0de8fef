/** Bindings and variables of `wrangler.toml`. */
export interface Env {
  /** What is cached. */
  readonly RAYA_KV: KVNamespace;
  /** Published packages and tokens, and what is too large for KV. */
  readonly RAYA_R2: R2Bucket;
  /** Base URL of the npm registry that packages come from. */
  readonly UPSTREAM_REGISTRY: string;
  /** Origins that URL imports may come from, separated by blanks. */
  readonly ALLOWED_ORIGINS: string;
  /** Origin that clients reach this worker under; empty: that of each request. */
  readonly PUBLIC_ORIGIN: string;
  /** Scopes (`@acme`) that are published here, separated by blanks. */
  readonly PRIVATE_SCOPES: string;
  /** The operator's own, a secret. */
  readonly ADMIN_SECRET?: string;
  /** How often one address may try a key. */
  readonly LOGIN_LIMIT?: RateLimit;
  /** How often one address may ask anything. */
  readonly REQUEST_LIMIT?: RateLimit;
  /** `on`: programs are run for callers. */
  readonly RUN_PROGRAMS: string;
  /** Secret that callers of `/run` show. */
  readonly RUN_TOKEN?: string;
  /** Starts isolates. */
  readonly LOADER?: WorkerLoader;
  /** How often one visitor may have a program run without the secret. */
  readonly RUN_LIMITER?: RateLimit;
  readonly RAYA_ANALYTICS?: AnalyticsEngineDataset;
}
