import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** A fetch that keeps what it got in `folder`: a second run measures the same bytes, and asks nobody. */
export function createCachedFetch(folder: string): Fetch {
  mkdirSync(folder, { recursive: true });
  return async (url, init) => {
    const file = join(folder, createHash("sha256").update(url).digest("hex"));
    if (!existsSync(file)) {
      const response = await fetch(url, init);
      if (!response.ok) return response;
      writeFileSync(`${file}.part`, new Uint8Array(await response.arrayBuffer()));
      renameSync(`${file}.part`, file);
    }
    return new Response(readFileSync(file));
  };
}
