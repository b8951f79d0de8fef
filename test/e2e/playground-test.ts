import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base } from "playwright/test";
import { findFreePort, startEdge, type Edge } from "../../scripts/edge-process.ts";
import { npmRegistry } from "../../src/platform/node/npm-registry.ts";
import { startRegistryServer, type RegistryServer } from "../fixtures/registry-server/registry-server.ts";
import { PlaygroundPage } from "./playground-page.ts";

/** Starts an edge of its own, with an empty store, for tests that stop or change it. */
export type StartOwnEdge = (settings?: { port?: number; assets?: string }) => Promise<Edge>;

interface WorkerFixtures {
  /** The upstream of the edge, and the one origin that URL imports may come from. */
  registry: RegistryServer;
  /** The real thing: the worker in workerd, the built page, an empty store. Shared by the tests of one worker. */
  edge: Edge;
}

interface TestFixtures {
  playground: PlaygroundPage;
  startOwnEdge: StartOwnEdge;
  /** Ends the registry's misbehaviour after each test. */
  goodRegistry: undefined;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  registry: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the pattern to learn what a fixture needs.
    async ({}, use) => {
      const registry = await startRegistryServer(npmRegistry());
      await use(registry);
      await registry.close();
    },
    { scope: "worker" },
  ],

  edge: [
    async ({ registry }, use) => {
      const own = await createEdge(registry);
      await use(own.edge);
      await own.remove();
    },
    { scope: "worker", timeout: 90_000 },
  ],

  playground: async ({ page, edge }, use) => {
    await use(new PlaygroundPage(page, edge.url));
  },

  startOwnEdge: async ({ registry }, use) => {
    const owned: OwnedEdge[] = [];
    await use(async (settings) => {
      const own = await createEdge(registry, settings);
      owned.push(own);
      return own.edge;
    });
    for (const own of owned) await own.remove();
  },

  goodRegistry: [
    async ({ registry }, use) => {
      await use(undefined);
      registry.behave();
    },
    { auto: true },
  ],
});

interface OwnedEdge {
  edge: Edge;
  remove(): Promise<void>;
}

async function createEdge(
  registry: RegistryServer,
  { port, assets }: { port?: number; assets?: string } = {},
): Promise<OwnedEdge> {
  const persistTo = await mkdtemp(join(tmpdir(), "raya-edge-"));
  const edge = await startEdge({
    port: port ?? (await findFreePort()),
    persistTo,
    vars: {
      UPSTREAM_REGISTRY: registry.registry,
      ALLOWED_ORIGINS: new URL(registry.url).origin,
      RUN_PROGRAMS: "on",
    },
    onComplaint: (line) => console.error(`wrangler: ${line}`),
    ...(assets !== undefined && { assets }),
  });
  return {
    edge,
    async remove() {
      await edge.stop();
      await rm(persistTo, { recursive: true, force: true });
    },
  };
}
