import type { Hono } from "hono";
import { createArtifacts } from "./artifacts.ts";
import type { Edge } from "./edge.ts";
import { mountPost } from "./mount-post.ts";
import type { Packages } from "./packages.ts";
import { GRAPH_PATH, graphRoute } from "./routes/graph.ts";
import { RBIN_PREFIX, rbinRoute } from "./routes/rbin.ts";

/**
 * What packages are compiled to, one by one and as whole graphs, where there is a compiler. Not in a service worker, whose script
 * would be ten times as long with solver and compiler in it.
 */
export function mountArtifacts(app: Hono, edge: Edge, packages: Packages): void {
  const { compiler } = edge.ports;
  if (compiler === undefined) return;
  const artifacts = createArtifacts(edge, packages, compiler);
  mountPost(app, GRAPH_PATH, graphRoute(edge, packages, artifacts, compiler));
  app.get(`${RBIN_PREFIX}*`, rbinRoute(artifacts));
}
