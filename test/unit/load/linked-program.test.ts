import { describe, it } from "vitest";
import { createLoader } from "../../../src/loader.ts";
import { createFakeRegistry } from "../../fixtures/fake-registry.ts";

const PACKAGE = {
  manifest: { name: "pack", version: "1.0.0", type: "module", main: "index.js" },
  files: { "index.js": "export const a = 1;" },
};
const project = { entry: "/main.js", files: { "/main.js": 'import { a } from "pack"; globalThis.it = a;' } };
const linked = (events: readonly { stage: string; kind: string }[]): string[] =>
  events.filter(({ stage }) => stage === "link").map(({ kind }) => kind);

describe("a program that has been linked before", () => {
  it("starts from its stored image: nothing is loaded or linked, and it is the same", async ({ expect }) => {
    const registry = await createFakeRegistry([PACKAGE]);
    const first = await registry.loader().load(project);
    const { lockfile } = first;
    const events: { stage: string; kind: string }[] = [];
    const again = await registry.loader({ onEvent: (event) => events.push(event) }).load(project, { lockfile });
    expect(linked(events)).toEqual(["hit"]);
    expect(again.image).toEqual(first.image);
    expect(again.lockfile).toBe(lockfile);
    expect(again.packages.map(({ name, source }) => ({ name, source }))).toEqual([{ name: "pack", source: "browser" }]);
  });

  it("still imports, and gives its files, as one that is new", async ({ expect }) => {
    const registry = await createFakeRegistry([PACKAGE]);
    const { lockfile, image } = await registry.loader().load(project);
    const again = await registry.loader().load(project, { lockfile });
    const part = await again.importModule("pack", "https://app.test/~/project/main.js");
    expect(part.entry).not.toBe(image.entry);
    expect(await again.readAsset("https://app.test/~/project/main.js")).toBeDefined();
  });

  it("is linked anew when a file, the mode or the lockfile is another", async ({ expect }) => {
    const registry = await createFakeRegistry([PACKAGE]);
    const { lockfile } = await registry.loader().load(project);
    for (const [files, options] of [
      [{ "/main.js": 'import { a } from "pack"; globalThis.other = a;' }, { lockfile }],
      [project.files, { lockfile, mode: "development" }],
      [project.files, {}],
    ] as const) {
      const events: { stage: string; kind: string }[] = [];
      await registry.loader({ onEvent: (event) => events.push(event) }).load({ ...project, files }, options);
      expect(linked(events)).toEqual(["start", "done"]);
    }
  });

  it("R105: is linked anew when its stored image is damaged, or is that of another program", async ({ expect }) => {
    const registry = await createFakeRegistry([PACKAGE]);
    const { lockfile } = await registry.loader().load(project);
    const records = registry.host.records;
    const read = records.read.bind(records);
    const other = await registry.loader().load({ ...project, entry: "/other.js", files: { "/other.js": "1;" } });
    let image = "";
    let otherImage: Awaited<ReturnType<typeof read>>;
    records.read = async (key) => {
      const record = await read(key);
      if (key.startsWith("image:")) image = key;
      return record;
    };
    await registry
      .loader()
      .load({ ...project, entry: "/other.js", files: { "/other.js": "1;" } }, { lockfile: other.lockfile });
    otherImage = await read(image);
    records.read = async (key) => {
      const record = await read(key);
      return key.startsWith("image:") && record !== undefined && otherImage !== undefined
        ? { ...record, digest: otherImage.digest }
        : record;
    };
    const events: { stage: string; kind: string }[] = [];
    const again = await registry.loader({ onEvent: (event) => events.push(event) }).load(project, { lockfile });
    expect(linked(events)).toEqual(["start", "done"]);
    expect(again.image.modules.map(({ code }) => code).join()).toContain("globalThis.it");
  });

  it("keeps the newest sixteen, whatever they are of", async ({ expect }) => {
    const registry = await createFakeRegistry([PACKAGE]);
    const programs = Array.from({ length: 18 }, (_, number) => ({
      ...project,
      files: { "/main.js": `import "pack"; globalThis.number = ${number};` },
    }));
    let lockfile = "";
    for (const program of programs) ({ lockfile } = await registry.loader().load(program));
    const events: { stage: string; kind: string }[] = [];
    const loader = registry.loader({ onEvent: (event) => events.push(event) });
    for (const number of [17, 2, 1]) await loader.load(programs[number] ?? project, { lockfile });
    expect(linked(events)).toEqual(["hit", "hit", "start", "done"]);
  });

  it("is handed out before it is kept, and runs where it cannot be kept: an event and `kept` say so", async ({
    expect,
  }) => {
    const { host } = await createFakeRegistry([PACKAGE]);
    const events: { stage: string; kind: string; message?: string }[] = [];
    const written: string[] = [];
    const records: typeof host.records = {
      ...host.records,
      read: (key) => host.records.read(key),
      write: (key, record) => {
        written.push(key);
        return key.startsWith("image:") ? Promise.reject(new Error("no room")) : host.records.write(key, record);
      },
    };
    const options = { registry: "https://registry.test/", base: "https://app.test/~/" };
    const loader = createLoader({ ...host, records }, { ...options, onEvent: (event) => void events.push(event) });
    const program = await loader.load(project);
    expect(written.some((key) => key.startsWith("image:") || key.startsWith("partial:"))).toBe(false);
    await expect(program.kept).rejects.toThrow("no room");
    expect(program.image.modules.length).toBeGreaterThan(0);
    expect(events.filter(({ stage, kind }) => stage === "store" && kind === "fail").length).toBe(1);
  });
});
