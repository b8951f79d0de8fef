import { afterEach, describe, it, vi } from "vitest";

import { createLoader } from "../../../src/loader.ts";
import { createBrowserHost } from "../../../src/platform/browser/host.ts";
import { fetchImage } from "../../../src/platform/browser/fetch-image.ts";
import { runInPage } from "../../../src/platform/browser/run-in-page.ts";
import { createImageFile } from "../../../src/load/image-file.ts";
import { BASE, createFakeRegistry, REGISTRY } from "../../fixtures/fake-registry.ts";

const PACKAGES = [
  {
    manifest: { name: "counter", version: "1.0.0", type: "module", main: "index.js" },
    files: {
      "index.js": "export let count = 0; export const add = () => ++count;",
      "later.js": `import { count } from "./index.js"; export const seen = count;`,
    },
  },
  {
    manifest: { name: "common", version: "1.0.0", main: "index.js" },
    files: { "index.js": "exports.src = document.currentScript?.src; exports.self = this === module.exports;" },
  },
];

async function load(source: string) {
  const registry = await createFakeRegistry(PACKAGES);
  const loader = registry.loader();
  const project = { entry: "/main.ts", files: { "/main.ts": source } };
  return { registry, project, loader, program: await loader.load(project) };
}

describe("a program in the page itself", () => {
  it("gives its namespace, and has the page's document and globals", async ({ expect }) => {
    const { program } = await load(`
      import { add, count } from "counter";
      import common from "common";
      export { add, count, common };
      export const title: string = document.title;
      (globalThis as Record<string, unknown>).ofTheProgram = 1;`);
    const { namespace } = await runInPage({ image: program.image, services: program });
    const { add, common, title } = namespace as { add: () => number; common: unknown; title: string };
    expect(add()).toBe(1);
    expect((namespace as { count: number }).count).toBe(1);
    expect(title).toBe(document.title);
    expect(common).toEqual({ src: "https://app.test/~/common@1.0.0/index.js", self: true });
    expect(Reflect.get(globalThis, "ofTheProgram")).toBe(1);
    // Nothing of the page looks different afterwards.
    expect(document.currentScript).toBe(null);
  });

  it("imports later what the loader links then, into the instances that it has", async ({ expect }) => {
    const { program } = await load(`
      import { add } from "counter";
      add();
      export const later = () => import("counter/later.js");`);
    const { namespace } = await runInPage({ image: program.image, services: program });
    const { seen } = await (namespace as { later(): Promise<{ seen: number }> }).later();
    expect(seen).toBe(1);
  });

  it("is a realm of its own beside another one", async ({ expect }) => {
    const source = `import { add } from "counter"; export const count = add();`;
    const realms = await Promise.all(
      [await load(source), await load(source)].map(({ program }) =>
        runInPage({ image: program.image, services: program }),
      ),
    );
    expect(realms.map(({ namespace }) => (namespace as { count: number }).count)).toEqual([1, 1]);
    const runtimes = () => Object.getOwnPropertyNames(globalThis).filter((name) => name.startsWith("__raya")).length;
    const before = runtimes();
    for (const realm of realms) realm.dispose();
    expect(runtimes()).toBe(before - 2);
  });

  it("fails with what it threw", async ({ expect }) => {
    const { program } = await load(`throw new RangeError("too far");`);
    const running = runInPage({ image: program.image, services: program });
    await expect(running).rejects.toMatchObject({ code: "ERR_EVALUATION_FAILED", cause: { message: "too far" } });
  });

  it("refuses a native module that another program has: an import map's entry is for ever", async ({ expect }) => {
    const source = `export const value = eval("1 + 1");`;
    const [first, second] = [await load(source), await load(source)];
    const { namespace } = await runInPage({ image: first.program.image, services: first.program });
    expect(namespace).toMatchObject({ value: 2 });
    const again = runInPage({ image: second.program.image, services: second.program });
    await expect(again).rejects.toMatchObject({ code: "ERR_EVALUATE_UNAVAILABLE" });
  });
});

describe("a page's loader", () => {
  it("gives the modules of a package to the page", async ({ expect }) => {
    const { host } = await createFakeRegistry(PACKAGES);
    const { evaluate } = createBrowserHost();
    const loader = createLoader({ ...host, ...(evaluate && { evaluate }) }, { registry: REGISTRY, base: BASE });
    const { add } = (await loader.import("counter@^1")) as { add: () => number };
    expect(add()).toBe(1);
  });
});

describe("an image that was made before", () => {
  const urls: string[] = [];
  const serve = (bytes: Uint8Array<ArrayBuffer>): string => {
    const url = URL.createObjectURL(new Blob([bytes]));
    urls.push(url);
    return url;
  };
  afterEach(() => urls.splice(0).forEach((url) => URL.revokeObjectURL(url)));
  const never = async (): Promise<never> => {
    throw new Error("nothing asks for the program");
  };

  it("runs without its program being loaded", async ({ expect }) => {
    const { program } = await load(`import { add } from "counter"; export const count = add();`);
    const { bytes, integrity } = await createImageFile(program.image);
    const { namespace } = await runInPage(await fetchImage(serve(bytes), { integrity, load: never }));
    expect(namespace).toMatchObject({ count: 1 });
  });

  it("has its program loaded once, when it imports what it does not have", async ({ expect }) => {
    const { program, registry, project } = await load(`
      import { add } from "counter";
      add();
      export const later = () => Promise.all([import("counter/later.js"), import("common")]);`);
    const { bytes, integrity } = await createImageFile(program.image);
    let loads = 0;
    const fetched = await fetchImage(serve(bytes), {
      integrity,
      load: () => {
        loads++;
        return registry.loader().load(project, { lockfile: program.lockfile });
      },
    });
    const { namespace } = await runInPage(fetched);
    expect(loads).toBe(0);
    const [{ seen }] = await (namespace as { later(): Promise<[{ seen: number }, unknown]> }).later();
    expect(seen).toBe(1);
    expect(loads).toBe(1);
  });

  it("R105: does not run when a byte of it is another", async ({ expect }) => {
    const { program } = await load(`globalThis.hasRun = true;`);
    const { bytes, integrity } = await createImageFile(program.image);
    bytes[bytes.length - 9] = (bytes[bytes.length - 9] ?? 0) ^ 1;
    const fetching = fetchImage(serve(bytes), { integrity, load: never });
    await expect(fetching).rejects.toMatchObject({ code: "ERR_INTEGRITY_MISMATCH", details: { expected: integrity } });
    expect(Reflect.get(globalThis, "hasRun")).toBe(undefined);
  });

  it("of another program is found out before anything is linked to it", async ({ expect }) => {
    const { program } = await load(`export const later = () => import("counter");`);
    const other = await load(`export const later = () => import("counter"); export const more = 1;`);
    const { bytes, integrity } = await createImageFile(program.image);
    const fetched = await fetchImage(serve(bytes), { integrity, load: async () => other.program });
    const { namespace } = await runInPage(fetched);
    const importing = (namespace as { later(): Promise<unknown> }).later();
    await expect(importing).rejects.toMatchObject({ code: "ERR_IMAGE_MISMATCH" });
  });

  it("that is not there is an error with its status, or with the network's", async ({ expect }) => {
    const integrity = "sha256-2HT7u9hHcxEU/mkVK2IPzCOuv0k49QA4VTQh2d7ay5Q=";
    vi.stubGlobal("fetch", async () => new Response("", { status: 404 }));
    const missing = fetchImage("/gone.rimg", { integrity, load: never });
    await expect(missing).rejects.toMatchObject({ code: "ERR_FETCH_STATUS", details: { status: 404 } });
    vi.unstubAllGlobals();
    const gone = fetchImage("blob:nothing", { integrity, load: never });
    await expect(gone).rejects.toMatchObject({ code: "ERR_FETCH_FAILED" });
  });
});
