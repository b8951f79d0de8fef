import type { Hono } from "hono";
import { LoaderError } from "../../src/errors.ts";
import { sha256Hex } from "../../src/verify/digest.ts";
import type { Access } from "../access/access.ts";
import { artifactKey } from "../artifacts.ts";
import type { Edge } from "../edge.ts";
import { encodeText } from "../encode-text.ts";
import type { Metrics } from "../observe/metrics.ts";
import { mountPost } from "../mount-post.ts";
import { isExactVersion, readPackageName } from "../package-request.ts";
import { packageKeys } from "../packages.ts";
import { readJson } from "../read-request.ts";
import type { Objects } from "../registry/objects.ts";

/** What an operator asks for. */
export interface OperationsPorts {
  readonly access: Access;
  readonly metrics: Metrics;
  readonly objects: Objects;
}

const BODY_LIMIT = 64 * 1024;
const NO_STORE = { "cache-control": "no-store" };

/** `/healthz`, `/metrics` and `POST /purge`. */
export function mountOperations(app: Hono, edge: Edge, { access, metrics, objects }: OperationsPorts): void {
  app.get("/healthz", async (c) => {
    // Not the upstream: while it is down, this edge is what still works.
    await Promise.all([edge.ports.records.read("healthz"), objects.get("healthz")]);
    return c.json({ status: "ok" }, 200, NO_STORE);
  });
  app.get("/metrics", async (c) => {
    await access.require(c.req.raw, "metrics");
    const text = metrics.render({ memory_bytes: edge.memory.size });
    return c.body(text, 200, { ...NO_STORE, "content-type": "text/plain; version=0.0.4; charset=utf-8" });
  });
  mountPost(app, "/purge", async (c) => {
    await access.require(c.req.raw, "admin");
    const purged = await keysOf(edge, await readJson(c.req.raw, BODY_LIMIT));
    for (const key of purged) {
      edge.memory.delete(key);
      await edge.ports.records.remove(key);
    }
    return c.json({ purged }, 200, NO_STORE);
  });
}

/** `{ "package" }`, `{ "package", "version" }` or `{ "url" }`. */
async function keysOf({ ports }: Edge, asked: unknown): Promise<string[]> {
  const wanted: Readonly<Record<string, unknown>> = { ...(asked as object | null) };
  const { package: name, version, url } = wanted;
  if (typeof url === "string" && URL.canParse(url)) return [`url:${await sha256Hex(encodeText(new URL(url).href))}`];
  if (typeof name === "string") {
    if (version === undefined) return packageKeys(readPackageName(name));
    if (typeof version === "string" && isExactVersion(version)) {
      const artifacts = ports.compiler === undefined ? [] : [artifactKey(ports.compiler, `${name}@${version}`)];
      return [...packageKeys(readPackageName(name), version), ...artifacts];
    }
  }
  throw new LoaderError(
    "ERR_REQUEST_INVALID",
    'What is purged is a "package", with or without a "version", or a "url"',
  );
}
