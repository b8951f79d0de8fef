import { describe, it } from "vitest";
import type { Project } from "../../../../src/loader.ts";
import { createEdgeNetwork, EDGE, type EdgeNetwork } from "../../../fixtures/edge-network.ts";
import type { FakePackage } from "../../../fixtures/fake-registry.ts";

/** Of packages of that size the index has no contents, but their digests. */
const BIG = "x".repeat(100_000);

const PACKAGES: readonly FakePackage[] = [
  {
    manifest: { name: "views", version: "1.0.0", type: "module", dependencies: { shared: "^1.0.0", charts: "^1.0.0" } },
    files: {
      "index.js": `import { mark } from "shared"; export const view = mark; export const more = () => import("./more.js");`,
      "more.js": `import { chart } from "charts"; import { mark } from "shared"; export const more = [chart, mark];`,
      "big.txt": BIG,
    },
  },
  {
    manifest: { name: "charts", version: "1.0.0", type: "module" },
    files: {
      "index.js": `export { chart } from "./chart.js";`,
      "chart.js": `export const chart = "c";`,
      "big.txt": BIG,
    },
  },
  {
    manifest: { name: "shared", version: "1.0.0", type: "module" },
    files: { "index.js": `export const mark = "m";`, "other.js": `export const other = "o";`, "big.txt": BIG },
  },
  {
    manifest: { name: "tools", version: "1.0.0", type: "module", dependencies: { shared: "^1.0.0" } },
    files: { "index.js": `import { other } from "shared/other.js"; export const tool = other;`, "big.txt": BIG },
  },
];

const PROJECT = projectOf(
  `import { view, more } from "views@^1"; export { view, more }; export const later = () => import("tools");`,
);

function projectOf(text: string): Project {
  return { entry: "/main.js", files: { "/main.js": text } };
}

const GRAPH = `${EDGE}graph`;
const VIEWS = "https://app.test/~/views@1.0.0/index.js";

/** What a program made by the registry alone says. */
async function importWithout(network: EdgeNetwork, specifier: string, referrer: string) {
  const program = await network.client().registryLoader().load(PROJECT);
  const part = await program.importModule(specifier, referrer);
  return { part, lockfile: program.lockfile };
}

describe("import() with an edge", () => {
  it("of a package is one question more, to which nothing is answered that has come", async ({ expect }) => {
    const network = await createEdgeNetwork(PACKAGES);
    const client = network.client();
    const program = await client.loader().load(PROJECT);
    const sizes: number[] = [];
    network.change(async (response) => {
      const bytes = await response.arrayBuffer();
      sizes.push(bytes.byteLength);
      return new Response(bytes, response);
    });
    const part = await program.importModule("tools", "https://app.test/~/main.js");
    expect(client.requests).toEqual([GRAPH, GRAPH]);
    expect({ part, lockfile: program.lockfile }).toEqual(
      await importWithout(network, "tools", "https://app.test/~/main.js"),
    );
    const whole = await network.client().loader().load(projectOf(`import "views@^1"; import "tools";`));
    expect(whole.packages).toHaveLength(3);
    expect(sizes[0]).toBeLessThan(0.7 * (sizes[1] ?? 0));
  });

  it("in a package is one question more, however deep that goes", async ({ expect }) => {
    const network = await createEdgeNetwork(PACKAGES);
    const client = network.client();
    const program = await client.loader().load(PROJECT);
    const part = await program.importModule("./more.js", VIEWS);
    expect(client.requests).toEqual([GRAPH, GRAPH]);
    expect({ part, lockfile: program.lockfile }).toEqual(await importWithout(network, "./more.js", VIEWS));
  });

  it("of what is there already asks nobody", async ({ expect }) => {
    const network = await createEdgeNetwork(PACKAGES);
    const client = network.client();
    const program = await client
      .loader()
      .load(projectOf(`import "tools"; export const later = () => import("tools");`));
    await program.importModule("tools", "https://app.test/~/main.js");
    expect(client.requests).toEqual([GRAPH]);
  });

  it("that happens twice at a time gives both", async ({ expect }) => {
    const network = await createEdgeNetwork(PACKAGES);
    const client = network.client();
    const program = await client.loader().load(PROJECT);
    const main = "https://app.test/~/main.js";
    const parts = await Promise.all([program.importModule("tools", main), program.importModule("./more.js", VIEWS)]);
    expect(parts.map(({ modules }) => modules.length)).toEqual([1, 1]);
    expect(client.requests.every((url) => url === GRAPH)).toBe(true);
  });
});

describe("a file that a program asks for when it runs", () => {
  it("comes alone, and is stored", async ({ expect }) => {
    const wasm = "not really".repeat(10_000);
    const own = `export const url = new URL("./code.wasm", import.meta.url);`;
    const engine = { manifest: { name: "engine", version: "1.0.0", type: "module" } };
    const files = { "index.js": own, "code.wasm": wasm, "big.txt": BIG };
    const network = await createEdgeNetwork([{ ...engine, files }]);
    const client = network.client();
    const project = projectOf(`import { url } from "engine"; export { url };`);
    const settings = { keepLinked: "nothing" } as const;
    const program = await client.loader(settings).load(project);
    const address = "https://app.test/~/engine@1.0.0/code.wasm";
    const asset = await program.readAsset(address);
    expect(new TextDecoder().decode(asset?.bytes)).toBe(wasm);
    expect(client.requests).toEqual([GRAPH, GRAPH]);
    await program.kept;
    const stored = { lockfile: program.lockfile, cacheSetting: "only" } as const;
    const again = await (await client.loader(settings).load(project, stored)).readAsset(address);
    expect(again?.bytes).toEqual(asset?.bytes);
  });
});

describe("a question of a later visit", () => {
  it("names what is stored, and is answered with the rest", async ({ expect }) => {
    const network = await createEdgeNetwork(PACKAGES);
    const client = network.client();
    const sizes: number[] = [];
    network.change(async (response) => {
      const bytes = await response.arrayBuffer();
      sizes.push(bytes.byteLength);
      return new Response(bytes, response);
    });
    const first = await client.loader().load(PROJECT);
    await first.kept;
    const more = projectOf(`import { view } from "views@^1"; import { tool } from "tools"; export { view, tool };`);
    const next = await client.loader().load(more, { lockfile: first.lockfile });
    await next.kept;
    expect(client.requests).toEqual([GRAPH, GRAPH]);
    expect(network.questions[1]?.["held"]).not.toEqual([]);
    const fresh = await network.client().loader().load(more, { lockfile: first.lockfile });
    expect(next.image).toEqual(fresh.image);
    expect(next.lockfile).toBe(fresh.lockfile);
    expect(sizes[1]).toBeLessThan(0.7 * (sizes[2] ?? 0));
    await client.loader({ keepLinked: "nothing" }).load(more, { lockfile: next.lockfile, cacheSetting: "only" });
  });

  it("gets a module of a package whose others are stored", async ({ expect }) => {
    const network = await createEdgeNetwork(PACKAGES);
    const client = network.client();
    const first = await client.loader().load(projectOf(`import { mark } from "shared@^1"; export { mark };`));
    await first.kept;
    const more = projectOf(
      `import { mark } from "shared@^1"; import { other } from "shared@^1/other.js"; export { mark, other };`,
    );
    const next = await client.loader().load(more, { lockfile: first.lockfile });
    expect(client.requests).toEqual([GRAPH, GRAPH]);
    const without = await network.client().registryLoader().load(more, { lockfile: first.lockfile });
    expect(next.image).toEqual(without.image);
    expect(next.lockfile).toBe(without.lockfile);
  });

  it("is not asked where everything is stored", async ({ expect }) => {
    const network = await createEdgeNetwork(PACKAGES);
    const client = network.client();
    const first = await client.loader().load(PROJECT);
    await first.kept;
    const changed = projectOf(`${PROJECT.files["/main.js"]}\nexport const version = 2;`);
    for (const keepLinked of ["program", "nothing"] as const)
      await client.loader({ keepLinked }).load(changed, { lockfile: first.lockfile });
    expect(client.requests).toEqual([GRAPH]);
  });

  it("is not asked where archives have been compiled here", async ({ expect }) => {
    const network = await createEdgeNetwork(PACKAGES);
    const client = network.client();
    const first = await client.registryLoader().load(projectOf(`import { mark } from "shared@^1"; export { mark };`));
    await first.kept;
    const asked = client.requests.length;
    const more = projectOf(
      `import { mark } from "shared@^1"; import { other } from "shared@^1/other.js"; export { mark, other };`,
    );
    await client.loader().load(more, { lockfile: first.lockfile });
    expect(client.requests).toHaveLength(asked);
  });
});
