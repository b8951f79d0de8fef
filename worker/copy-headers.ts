import type { Copy } from "./load-copy.ts";

/** A browser asks again after as long as the edge does, and may use what it has while it asks. */
const REVALIDATED = "public, max-age=60, stale-while-revalidate=600";
/** A stale answer is not to be kept: the upstream may be back any moment. */
const STALE = "no-cache";

/** Headers of an answer that may be another one tomorrow. */
export function copyHeaders({ digest, source, stale }: Copy): Record<string, string> {
  return {
    "cache-control": stale ? STALE : REVALIDATED,
    etag: `"${digest}"`,
    "raya-source": source,
    ...(stale ? { "raya-stale": "true" } : {}),
  };
}
