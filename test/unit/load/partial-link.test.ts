import { describe, it } from "vitest";
import type { LoaderEvent } from "../../../src/events.ts";
import type { Program, Project } from "../../../src/loader.ts";
import { sha256Hex } from "../../../src/verify/digest.ts";
import { createFakeRegistry, type FakePackage, type FakeRegistry } from "../../fixtures/fake-registry.ts";

// A second load of a project takes the modules of its packages from one object. Whatever it makes of them has to be what it
// would have made of the packages themselves.

const PACKAGES: readonly FakePackage[] = [
  {
    manifest: { name: "shapes", version: "1.0.0", type: "module", sideEffects: false, dependencies: { legacy: "1" } },
    files: {
      "index.js": 'export * from "./circle.js";\nexport { square as box, default as shape } from "./square.js";\n',
      "circle.js":
        'import { area } from "./square.js";\nexport const circle = (r) => area(r) * Math.PI; export let count = 0;',
      "square.js":
        'import { circle } from "./circle.js";\nimport old, { kind } from "legacy";\nexport function area(a) { count(); return a * a; }\n' +
        "function count() { return circle && old && kind; }\nexport const square = area;\nexport default class Shape {}\n",
      "texts.js":
        'import * as all from "./index.js";\nexport const text = ["ïñ", /𝒳/u]; export const n = all.circle(1);\n',
      "development.js":
        'if (process.env.NODE_ENV === "development") { console.log("dev") }\nexport const mode = process.env.NODE_ENV;\nexport const later = () => import("./texts.js");\n',
    },
  },
  {
    manifest: { name: "legacy", version: "1.2.0", main: "main.js" },
    files: {
      "main.js":
        'exports.kind = require("./kind.json").kind;\nexports.esm = () => require("missing-one");\nObject.defineProperty(exports, "__esModule", { value: true });\nexports.default = require("./other");',
      "kind.json": '{ "kind": "old", "__proto__": 1 }',
      "other.js": 'module.exports = function () { return require("./main.js").kind; };',
    },
  },
];
const ENTRY = "/main.js";
const project = (text: string): Project => ({ entry: ENTRY, files: { [ENTRY]: text } });
const FIRST = project(
  'import { box, circle, shape } from "shapes"; import { text } from "shapes/texts.js"; import * as old from "legacy"; import { mode } from "shapes/development.js"; globalThis.seen = [box, circle, shape, text, old, mode];',
);
const EDITED = project(
  'import { shape as circle } from "shapes"; import { text } from "shapes/texts.js"; import old from "legacy"; export const seen = [circle, text, old, "edited"];',
);
const WIDER = project(
  'import { box } from "shapes"; import other from "legacy/other.js"; export const seen = [box, other];',
);

interface Loaded {
  readonly program: Program;
  /** Records that were read, by the beginning of their keys. */
  readonly read: readonly string[];
}

async function loadNoting(registry: FakeRegistry, from: Project, lockfile: string): Promise<Loaded> {
  const { records } = registry.host;
  const original = records.read.bind(records);
  const read: string[] = [];
  records.read = async (key) => {
    read.push(key.split(":", 1)[0] ?? "");
    return original(key);
  };
  try {
    const loader = registry.loader({ keepLinked: "packages" });
    return { program: await loader.load(from, { lockfile, cacheSetting: "only" }), read };
  } finally {
    records.read = original;
  }
}

async function withoutPartial(registry: FakeRegistry, from: Project, lockfile: string): Promise<Program> {
  const records = registry.host.records;
  const original = records.read.bind(records);
  records.read = async (key) => (key.startsWith("partial") ? undefined : original(key));
  try {
    return await registry.loader({ keepLinked: "packages" }).load(from, { lockfile, cacheSetting: "only" });
  } finally {
    records.read = original;
  }
}

async function createLoaded() {
  const registry = await createFakeRegistry(PACKAGES);
  const { lockfile } = await registry.loader({ keepLinked: "packages" }).load(FIRST);
  return { registry, lockfile };
}

describe("modules of packages that have been linked partially", () => {
  it.for([
    ["the same project", FIRST],
    ["an edited one", EDITED],
    ["one that asks for more", WIDER],
  ] as const)("give the image that the packages give: %s", async ([, next], { expect }) => {
    const { registry, lockfile } = await createLoaded();
    const { program } = await loadNoting(registry, next, lockfile);
    const expected = await withoutPartial(registry, next, lockfile);
    expect(program.image).toEqual(expected.image);
    expect(program.lockfile).toBe(expected.lockfile);
    expect(program.packages).toEqual(expected.packages);
  });

  it("are all that is read when the project is edited", async ({ expect }) => {
    const { registry, lockfile } = await createLoaded();
    const { read } = await loadNoting(registry, EDITED, lockfile);
    expect(read).toEqual(["partial"]);
  });

  it("are joined by what the project asks for anew, and then that is kept too", async ({ expect }) => {
    const { registry, lockfile } = await createLoaded();
    const first = await loadNoting(registry, WIDER, lockfile);
    expect(first.read).toContain("reached");
    const { read } = await loadNoting(registry, WIDER, first.program.lockfile);
    expect(read).toEqual(["partial"]);
  });

  it("give what `import()` asks for later, and files, from the packages", async ({ expect }) => {
    const { registry, lockfile } = await createLoaded();
    const later = project('import { later } from "shapes/development.js"; export { later };');
    await loadNoting(registry, later, lockfile);
    const { program } = await loadNoting(registry, later, lockfile);
    const part = await program.importModule("./texts.js", "https://app.test/~/shapes@1.0.0/development.js");
    expect(part.modules.map(({ code }) => code).join()).toContain('["ïñ", /𝒳/u]');
    const asset = await program.readAsset("https://app.test/~/legacy@1.2.0/kind.json");
    expect(new TextDecoder().decode(asset?.bytes)).toContain('"old"');
  });

  it("say what is wrong with what the project asks of them", async ({ expect }) => {
    const { registry, lockfile } = await createLoaded();
    const wrong = project('import { bx } from "shapes"; bx();');
    await expect(loadNoting(registry, wrong, lockfile)).rejects.toMatchObject({
      code: "ERR_EXPORT_NOT_FOUND",
      details: { specifier: "shapes" },
    });
  });

  it("do not decide what a manifest of the project decides", async ({ expect }) => {
    const registry = await createFakeRegistry(PACKAGES);
    const main = 'import it from "#it"; export const seen = it;';
    const manifest = (imports: object): string => JSON.stringify({ name: "app", imports });
    const of = (imports: object): Project => ({
      entry: ENTRY,
      files: { [ENTRY]: main, "/package.json": manifest(imports), "/own.js": "export default 'own';" },
    });
    const { lockfile } = await registry.loader({ keepLinked: "packages" }).load(of({ "#it": "legacy" }));
    const changed = await registry.loader({ keepLinked: "packages" }).load(of({ "#it": "./own.js" }), { lockfile });
    expect(changed.image.modules.map(({ code }) => code).join()).toContain("'own'");
  });

  it("are not taken for another mode, or another lockfile", async ({ expect }) => {
    const { registry, lockfile } = await createLoaded();
    const development = await registry
      .loader({ keepLinked: "packages" })
      .load(FIRST, { lockfile, cacheSetting: "only", mode: "development" });
    expect(development.image.modules.map(({ code }) => code).join()).toContain('console.log("dev")');
  });

  it("R105: are made anew where what is stored is damaged, or something else", async ({ expect }) => {
    const { registry, lockfile } = await createLoaded();
    const { host } = registry;
    const expected = await withoutPartial(registry, FIRST, lockfile);
    const original = host.records.read.bind(host.records);
    let key = "";
    host.records.read = async (name) => {
      if (name.startsWith("partial:")) key = name;
      return original(name);
    };
    await registry.loader({ keepLinked: "packages" }).load(FIRST, { lockfile });
    const record = await original(key);
    const bytes = record && (await host.bytes.get(record.digest));
    if (record === undefined || bytes === undefined) throw new Error("nothing was kept");
    for (const wrong of [bytes.slice(0, 3), bytes.slice(0, -1), new TextEncoder().encode("x".repeat(400))]) {
      const events: LoaderEvent[] = [];
      const digest = await putBytes(registry, wrong);
      await host.records.write(key, { ...record, digest, size: wrong.length });
      const loader = registry.loader({ keepLinked: "packages", onEvent: (event) => events.push(event) });
      const { image } = await loader.load(FIRST, { lockfile, cacheSetting: "only" });
      expect(image).toEqual(expected.image);
      expect(events.filter(({ kind }) => kind === "heal")).toHaveLength(1);
    }
  });
});

/** Stores bytes under their true digest. */
async function putBytes({ host }: FakeRegistry, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await sha256Hex(bytes);
  await host.bytes.put(digest, bytes);
  return digest;
}
