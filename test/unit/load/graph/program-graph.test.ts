import { describe, it } from "vitest";
import { createLoader, type PackageReport, type Project } from "../../../../src/loader.ts";
import { createEdgeNetwork, EDGE, type EdgeNetwork } from "../../../fixtures/edge-network.ts";
import { type FakePackage, integrityOf, packArchive } from "../../../fixtures/fake-registry.ts";

/** Four packages one below the other, one at the end that is an ES module, and one that all need. */
const CHAIN: readonly FakePackage[] = [
  ...["a", "b", "c", "d"].map((name) => ({
    manifest: { name, version: "1.0.0", dependencies: { [next(name)]: "^1.0.0", shared: "^2.0.0" } },
    files: {
      "index.js": `const { value } = require("${next(name)}");\nexports.value = ["${name}", ...value, require("shared").mark];`,
      "unused.js": `exports.unused = "${"never sent ".repeat(1000)}";`,
      "big.txt": "x".repeat(100_000),
      "later.js": `exports.later = require("./index.js").value.length;`,
    },
  })),
  { manifest: { name: "e", version: "1.2.3", type: "module" }, files: { "index.js": "export const value = ['e'];" } },
  { manifest: { name: "shared", version: "2.0.0" }, files: { "index.js": "exports.mark = 's';" } },
];

function next(name: string): string {
  return String.fromCharCode(name.charCodeAt(0) + 1);
}

/** A package whose own source map says that its first line is the third of another file. */
const MAPPED: FakePackage = {
  manifest: { name: "mapped", version: "1.0.0", type: "module" },
  files: {
    "index.js": `export const a = 1;\n//# sourceMappingURL=index.js.map`,
    "index.js.map": `{"version":3,"sources":["src/a.ts"],"names":[],"mappings":"AAEA"}`,
    "src/a.ts": "\n\nexport const a = 1;",
  },
};

const MAIN = `import { value } from "a@^1";\nexport const all: string[] = value;`;
const PROJECT = { entry: "/main.ts", files: { "/main.ts": MAIN } };

/** All that tells one program from another. */
async function loadWithout(network: EdgeNetwork, project: Project = PROJECT) {
  const { image, lockfile, packages } = await network.client().registryLoader().load(project);
  return { image, lockfile, packages: fromNowhere(packages) };
}

function fromNowhere(packages: readonly PackageReport[]) {
  return packages.map((report) => ({ ...report, source: "" }));
}

describe("a loader with an edge", () => {
  it("R60: has a program of any depth after one round trip, the same to the digest as without", async ({ expect }) => {
    const network = await createEdgeNetwork(CHAIN);
    const client = network.client();
    const { image, lockfile, packages } = await client.loader().load(PROJECT);
    expect(client.requests).toEqual([`${EDGE}graph`]);
    expect({ image, lockfile, packages: fromNowhere(packages) }).toEqual(await loadWithout(network));
    expect(new Set(packages.map(({ source }) => source))).toEqual(new Set(["upstream"]));
    const second = await network.client().loader().load(PROJECT);
    expect(new Set(second.packages.map(({ source }) => source))).toEqual(new Set(["edge"]));
    expect(client.events.filter(({ kind }) => kind === "warning" || kind === "fail")).toEqual([]);
  });

  it("is sent the modules that are reached, and no others", async ({ expect }) => {
    const network = await createEdgeNetwork(CHAIN);
    let size = 0;
    network.change(async (response) => {
      const bytes = await response.arrayBuffer();
      size = bytes.byteLength;
      return new Response(bytes, response);
    });
    await network.client().loader().load(PROJECT);
    expect(size).toBeLessThan(6000);
  });

  it("R13: keeps what came for later: it starts again with the lockfile and no network", async ({ expect }) => {
    const network = await createEdgeNetwork(CHAIN);
    const client = network.client();
    const first = await client.loader({ keepLinked: "nothing" }).load(PROJECT);
    await first.kept;
    const options = { lockfile: first.lockfile, cacheSetting: "only" } as const;
    const again = await client.loader({ keepLinked: "nothing" }).load(PROJECT, options);
    expect(again.image).toEqual(first.image);
    const other = { entry: "/o.ts", files: { "/o.ts": `import { value } from "b@^1"; console.log(value);` } };
    await client.loader().load(other, { lockfile: first.lockfile });
    const offline = await client.loader({ edge: "https://nowhere.test/" }).load(PROJECT, { lockfile: first.lockfile });
    expect(offline.image).toEqual(first.image);
  });

  it("stays with what is locked", async ({ expect }) => {
    const newer = { manifest: { name: "e", version: "1.9.0" }, files: { "index.js": "exports.value = ['new'];" } };
    const old = await createEdgeNetwork(CHAIN);
    const { lockfile } = await old.client().loader().load(PROJECT);
    const network = await createEdgeNetwork([...CHAIN, newer]);
    const client = network.client();
    const program = await client.loader().load(PROJECT, { lockfile, frozen: true });
    expect(client.requests).toEqual([`${EDGE}graph`]);
    expect(program.lockfile).toBe(lockfile);
    expect((await network.client().loader().load(PROJECT)).lockfile).toContain("e@1.9.0");
  });

  it("adds to a lockfile what a registry's answers would add", async ({ expect }) => {
    const network = await createEdgeNetwork(CHAIN);
    const { lockfile } = await network
      .client()
      .loader()
      .load({
        entry: "/main.ts",
        files: { "/main.ts": `import { value } from "c@^1"; console.log(value);` },
      });
    const client = network.client();
    const program = await client.loader().load(PROJECT, { lockfile });
    expect(client.requests).toEqual([`${EDGE}graph`]);
    const without = await network.client().registryLoader().load(PROJECT, { lockfile });
    expect(program.lockfile).toBe(without.lockfile);
  });

  it("goes by the manifests of the project, workspaces and overrides", async ({ expect }) => {
    const older = { manifest: { name: "e", version: "1.0.0" }, files: { "index.js": "exports.value = ['old'];" } };
    const network = await createEdgeNetwork([older, ...CHAIN]);
    const project = {
      entry: "/packages/ui/main.ts",
      files: {
        "/package.json": `{ "name": "app", "workspaces": ["packages/*"], "overrides": { "e": "1.0.0" } }`,
        "/packages/ui/package.json": `{ "name": "ui", "version": "1.0.0", "dependencies": { "a": "^1.0.0" } }`,
        "/packages/ui/main.ts": `import { value } from "a"; import "./other.ts"; console.log(value);`,
        "/packages/ui/other.ts": `import { mark } from "shared@^2"; console.log(mark); export const more = () => import("d@^1");`,
      },
    };
    const client = network.client();
    const { image, lockfile, packages } = await client.loader().load(project);
    expect(client.requests).toEqual([`${EDGE}graph`]);
    expect(lockfile).toContain("e@1.0.0");
    expect({ image, lockfile, packages: fromNowhere(packages) }).toEqual(await loadWithout(network, project));
  });

  it("gets data as it is: JSON, texts, bytes and WebAssembly, and has it offline too", async ({ expect }) => {
    const wasm = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
    const files = {
      "big.txt": "x".repeat(100_000),
      "data.json": `{"a":1}`,
      "note.txt": "hello",
      "code.wasm": wasm,
      "index.js": "export const code = 1;",
    };
    const network = await createEdgeNetwork([{ manifest: { name: "data", version: "1.0.0", type: "module" }, files }]);
    const project = {
      entry: "/main.ts",
      files: {
        "/main.ts": [
          `import a from "data/data.json" with { type: "json" };`,
          `import b from "data/note.txt" with { type: "text" };`,
          `import c from "data/index.js" with { type: "bytes" };`,
          `import * as d from "data/code.wasm";`,
          `console.log(a, b, c, d);`,
        ].join("\n"),
      },
    };
    const client = network.client();
    const { image, lockfile, packages, kept } = await client.loader({ keepLinked: "nothing" }).load(project);
    await kept;
    expect(client.requests).toEqual([`${EDGE}graph`]);
    expect({ image, lockfile, packages: fromNowhere(packages) }).toEqual(await loadWithout(network, project));
    const files2 = { ...project.files, "/main.ts": `${project.files["/main.ts"]}\nconsole.log(2);` };
    const changed = { ...project, files: files2 };
    const again = await client.loader({ keepLinked: "nothing" }).load(changed, { lockfile, cacheSetting: "only" });
    expect(again.lockfile).toBe(lockfile);
  });

  it("has stand-ins for modules of Node in the same answer", async ({ expect }) => {
    const events = {
      manifest: { name: "events", version: "3.3.0" },
      files: { "index.js": "module.exports = class {};" },
    };
    const user = {
      manifest: { name: "user", version: "1.0.0" },
      files: { "index.js": `const Events = require("node:events"); exports.made = new Events();` },
    };
    const network = await createEdgeNetwork([events, user]);
    const sources = [
      `import { made } from "user"; console.log(made);`,
      `import Made from "events"; console.log(new Made());`,
    ];
    for (const source of sources) {
      const project = { entry: "/main.ts", files: { "/main.ts": source } };
      const client = network.client();
      const { image, lockfile, packages } = await client.loader().load(project);
      expect(client.requests).toEqual([`${EDGE}graph`]);
      expect(lockfile).toContain("[builtins]");
      expect({ image, lockfile, packages: fromNowhere(packages) }).toEqual(await loadWithout(network, project));
    }
  });

  it("gets the source maps that packages have, in the same answer, and keeps them", async ({ expect }) => {
    const network = await createEdgeNetwork([MAPPED, ...CHAIN]);
    const client = network.client();
    const project = {
      entry: "/main.ts",
      files: { "/main.ts": `import { a } from "mapped"; import "a"; console.log(a);` },
    };
    const loader = client.loader({ sourceMaps: true, keepLinked: "nothing" });
    const { image, lockfile, kept } = await loader.load(project);
    expect(client.requests).toEqual([`${EDGE}graph`]);
    const without = await network.client().registryLoader({ sourceMaps: true }).load(project);
    expect(image).toEqual(without.image);
    expect(image.modules[0]?.code).toContain("sourceMappingURL");
    await kept;
    const offline = await loader.load(project, { lockfile, cacheSetting: "only" });
    expect(offline.image).toEqual(image);
    expect(client.events.filter(({ kind }) => kind === "warning")).toEqual([]);
  });

  it("says what is wrong as it would without an edge", async ({ expect }) => {
    const network = await createEdgeNetwork(CHAIN);
    for (const text of [`import "a@^9";`, `import "missing";`, `import "a/missing.js";`]) {
      const project = { entry: "/main.ts", files: { "/main.ts": text } };
      const load = async (useEdge: boolean): Promise<unknown> => {
        const client = network.client();
        const loader = useEdge ? client.loader() : client.registryLoader();
        return loader.load(project).catch((error: unknown) => error);
      };
      expect(await load(true)).toEqual(await load(false));
      expect(await load(true)).toBeInstanceOf(Error);
    }
  });

  it("R9: remembers what a question was answered with, for when nobody can be asked", async ({ expect }) => {
    const network = await createEdgeNetwork(CHAIN);
    const client = network.client();
    const first = await client.loader().load(PROJECT);
    await first.kept;
    const offline = { fetch: () => Promise.reject(new TypeError("no network")) };
    const settings = { registry: "https://registry.test/", edge: EDGE, base: "https://app.test/~/" };
    const loader = createLoader({ ...client.host, ...offline }, { ...settings, limits: { retryDelay: 0 } });
    const again = await loader.load(PROJECT);
    expect(again.image).toEqual(first.image);
    expect(again.lockfile).toBe(first.lockfile);
    const other = { entry: "/o.ts", files: { "/o.ts": `import "never-seen";` } };
    await expect(loader.load(other)).rejects.toMatchObject({ code: "ERR_FETCH_FAILED" });
  });

  it("asks nobody where only what is stored counts", async ({ expect }) => {
    const client = (await createEdgeNetwork(CHAIN)).client();
    const loading = client.loader().load(PROJECT, { cacheSetting: "only" });
    await expect(loading).rejects.toMatchObject({ code: "ERR_NOT_CACHED" });
    expect(client.requests).toEqual([]);
  });

  it("does not take an artifact for another archive than the locked one, or another than the lockfile pins", async ({
    expect,
  }) => {
    const network = await createEdgeNetwork(CHAIN);
    const { lockfile } = await network.client().loader().load(PROJECT);
    const evil = { manifest: { name: "e", version: "1.2.3" }, files: { "index.js": "exports.value = ['evil'];" } };
    const other = await createEdgeNetwork([...CHAIN.filter(({ manifest }) => manifest.name !== "e"), evil]);
    other.registry.answer("e/-/e-1.2.3.tgz", await packArchive(CHAIN[4] ?? evil));
    const client = other.client();
    expect(lockfile).not.toContain(integrityOf(await packArchive(evil)));
    // The checksum of the archive that is served does not make up for an integrity that is another's.
    const repinned = lockfile.replace(
      integrityOf(await packArchive(CHAIN[4] ?? evil)),
      integrityOf(await packArchive(evil)),
    );
    expect(repinned).not.toBe(lockfile);
    const loading = network.client().loader().load(PROJECT, { lockfile: repinned });
    await expect(loading).rejects.toMatchObject({ code: "ERR_INTEGRITY_MISMATCH" });
    const program = await client.loader().load(PROJECT, { lockfile });
    expect(program.image).toEqual((await loadWithout(network)).image);
    expect(client.requests).toContain("https://registry.test/e/-/e-1.2.3.tgz");
    expect(client.events.filter(({ kind }) => kind === "warning").map(({ message }) => message)).toEqual([
      expect.stringContaining(`${EDGE} was passed over`),
    ]);
  });
});
