import { describe, it } from "vitest";
import { isLoaderError } from "../../../src/errors.ts";
import type { LoaderOptions, LoadOptions } from "../../../src/loader.ts";
import { readLock } from "../../../src/lock/read-lock.ts";
import { createFakeRegistry } from "../../fixtures/fake-registry.ts";

const URL = "https://api.test/data.js";
const source = (value: number): string => `export const value = ${value};`;

/** A program that imports a module by URL, and what is there changes with each load. */
async function open(main: string, options: Partial<LoaderOptions> = {}) {
  const registry = await createFakeRegistry([
    { manifest: { name: "pack", version: "1.0.0" }, files: { "index.js": "" } },
  ]);
  const loader = registry.loader({ linking: "modules", ...options });
  const load = async (value: number | undefined, loadOptions: LoadOptions = {}) => {
    registry.requests.length = 0;
    registry.answer(URL, value === undefined ? undefined : source(value));
    const files = { "/main.ts": main, "/file.ts": "export {};" };
    const { image, lockfile } = await loader.load({ entry: "/main.ts", files }, loadOptions);
    const code = image.modules.find(({ url }) => url === URL)?.code;
    return { value: Number(/\d+/.exec(code ?? "")?.[0]), lockfile, asked: registry.requests.length };
  };
  return { load, registry };
}

async function errorOf(loading: Promise<unknown>) {
  const error = await loading.catch((thrown: unknown) => thrown);
  if (isLoaderError(error)) return error;
  throw new Error("it was loaded");
}

/** A lockfile that was written an hour ago. */
function hourOld(lockfile: string): string {
  const hourAgo = new Date(Date.now() - 3_600_000).toISOString();
  return lockfile.replace(/fetchedAt = ".*"/, `fetchedAt = "${hourAgo}"`);
}

const importing = (mode?: string): string =>
  `import { value } from "${URL}"${mode === undefined ? "" : ` with { mode: "${mode}" }`}; export default value;`;

describe("import modes", () => {
  it.for([undefined, "static"])("M1 M4: a URL is %s: what was locked stays", async (mode, { expect }) => {
    const { load } = await open(importing(mode));
    const { lockfile } = await load(1);
    expect(await load(2, { lockfile })).toEqual({ value: 1, lockfile, asked: 0 });
  });

  it("M1 M2: live is fetched by each load, is in no lockfile, and in no stored image", async ({ expect }) => {
    const { load } = await open(importing("live"));
    const { lockfile } = await load(1);
    expect(readLock(lockfile).urls).toEqual({});
    expect(await load(2, { lockfile })).toEqual({ value: 2, lockfile, asked: 1 });
    expect(await load(3, { lockfile, frozen: true })).toMatchObject({ value: 3 });
    expect(await errorOf(load(4, { lockfile, cacheSetting: "only" }))).toMatchObject({ code: "ERR_NOT_CACHED" });
  });

  it("M1 M16: cached is fetched again when its time is over, and the lockfile says when it was", async ({ expect }) => {
    const { load } = await open(importing("cached 30m"));
    const { lockfile } = await load(1);
    expect(await load(2, { lockfile })).toMatchObject({ value: 1, asked: 0 });
    const later = await load(2, { lockfile: hourOld(lockfile) });
    expect(later).toMatchObject({ value: 2, asked: 1 });
    expect(readLock(later.lockfile).urls[URL]?.integrity).not.toBe(readLock(lockfile).urls[URL]?.integrity);
  });

  it("M12: where only packages are enforced, what has changed at a URL is taken as it is, with a warning, and locked", async ({
    expect,
  }) => {
    const { lockfile } = await (await open(importing())).load(1);
    const strict = await errorOf((await open(importing())).load(2, { lockfile }));
    expect(strict.code).toBe("ERR_INTEGRITY_MISMATCH");
    const { load, registry } = await open(importing(), { lockEnforcement: "packages" });
    const changed = await load(2, { lockfile });
    expect(changed.value).toBe(2);
    expect(readLock(changed.lockfile).urls[URL]?.integrity).not.toBe(readLock(lockfile).urls[URL]?.integrity);
    expect(registry.events).toContainEqual(expect.objectContaining({ kind: "warning", subject: URL }));
    const frozen = await open(importing(), { lockEnforcement: "packages" });
    expect((await errorOf(frozen.load(2, { lockfile, frozen: true }))).code).toBe("ERR_INTEGRITY_MISMATCH");
  });

  it("M12: packages are enforced all the same, and so is what an import says itself", async ({ expect }) => {
    const { lockfile } = await (await open('import "pack";')).load(1);
    const other = lockfile.replace(/sha512-..../, "sha512-AAAA");
    const { load } = await open('import "pack";', { lockEnforcement: "packages" });
    expect((await errorOf(load(1, { lockfile: other }))).code).toBe("ERR_INTEGRITY_MISMATCH");
    const pinned = `import "${URL}#sha256-${"A".repeat(43)}=";`;
    const stated = await open(pinned, { lockEnforcement: "packages" });
    expect((await errorOf(stated.load(1))).code).toBe("ERR_INTEGRITY_MISMATCH");
  });

  it("cached, what is locked is used whatever its age where nothing may change, or the network may not be used", async ({
    expect,
  }) => {
    const { load } = await open(importing("cached 5m"));
    const lockfile = hourOld((await load(1)).lockfile);
    expect(await load(2, { lockfile, frozen: true })).toMatchObject({ value: 1, asked: 0 });
    expect(await load(2, { lockfile, cacheSetting: "only" })).toMatchObject({ value: 1, asked: 0 });
  });

  it("cached, what was there the last time is used while it cannot be fetched, with a warning", async ({ expect }) => {
    const { load, registry } = await open(importing("cached 5m"), { limits: { attempts: 1 } });
    const lockfile = hourOld((await load(1)).lockfile);
    registry.host.fetch = () => Promise.reject(new TypeError("no network"));
    expect(await load(2, { lockfile })).toMatchObject({ value: 1 });
    expect(registry.events).toContainEqual(expect.objectContaining({ kind: "warning", subject: URL }));
  });

  it.for([
    [{ etag: '"1"' }, { "if-none-match": '"1"' }],
    [{ "last-modified": "Thu, 01 Jan 2026 00:00:00 GMT" }, { "if-modified-since": "Thu, 01 Jan 2026 00:00:00 GMT" }],
  ] as const)(
    "M11 M16: cached, its server is asked whether it is still %j, and need not send it again",
    async ([has, asks], { expect }) => {
      const { load, registry } = await open(importing("cached 5m"));
      const { host } = registry;
      const sent: unknown[] = [];
      host.fetch = async (url, init) => {
        sent.push(Object.fromEntries(new Headers(init?.headers)));
        const isSame = new Headers(init?.headers).has(Object.keys(asks)[0] ?? "");
        return isSame && url === URL
          ? new Response(null, { status: 304 })
          : new Response(source(1), { headers: { "content-type": "text/javascript", ...has } });
      };
      const first = await load(undefined);
      const later = await load(undefined, { lockfile: hourOld(first.lockfile) });
      expect(later).toMatchObject({ value: 1 });
      expect(sent).toEqual([{}, asks]);
      const [before, after] = [first, later].map(({ lockfile }) => readLock(lockfile).urls[URL]);
      expect(after).toEqual({ ...before, fetchedAt: after?.fetchedAt });
      expect(Date.parse(after?.fetchedAt ?? "")).toBeGreaterThan(Date.now() - 60_000);
      expect(await load(undefined, { lockfile: later.lockfile, cacheSetting: "only" })).toMatchObject({ value: 1 });
    },
  );

  it("M16: cached, a browser is left to ask by itself, and what is no longer stored is sent again", async ({
    expect,
  }) => {
    for (const change of ["keepsAnswers", "removed"]) {
      const { load, registry } = await open(importing("cached 5m"));
      const { host } = registry;
      const sent: unknown[] = [];
      host.fetch = async (_url, init) => {
        sent.push(Object.fromEntries(new Headers(init?.headers)));
        return new Response(source(1), { headers: { "content-type": "text/javascript", etag: '"1"' } });
      };
      const { lockfile } = await load(undefined);
      if (change === "keepsAnswers") Object.assign(host, { keepsAnswers: true });
      else for (const digest of (await host.bytes.keys?.()) ?? []) await host.bytes.delete(digest);
      expect(await load(undefined, { lockfile: hourOld(lockfile) })).toMatchObject({ value: 1 });
      expect(sent).toEqual([{}, {}]);
    }
  });

  it("M3 M7: a table states modes by the beginning of specifiers; the longest counts, and what an import says itself", async ({
    expect,
  }) => {
    const importModes = { "https://": "cached 5m", "https://api.test/": "live" } as const;
    const lockedBy = async (mode?: string) => {
      const { load } = await open(importing(mode), { importModes });
      return readLock((await load(1)).lockfile).urls[URL];
    };
    expect(await lockedBy()).toBeUndefined();
    expect(await lockedBy("cached")).toMatchObject({ fetchedAt: expect.any(String) });
    expect(Object.keys((await lockedBy("static")) ?? {}).toSorted()).toEqual(["integrity", "resolved"]);
  });

  it("import() states its mode as well", async ({ expect }) => {
    const { load } = await open(`export const get = () => import("${URL}", { with: { mode: "live" } });`);
    const { lockfile } = await load(1);
    expect(readLock(lockfile).urls).toEqual({});
  });

  it.for([
    [
      'import "pack" with { mode: "live" };',
      '"pack" cannot be imported in the mode "live"',
      "it can be module or static",
    ],
    ['import "./file.ts" with { mode: "cached 5m" };', '"./file.ts" cannot be imported', "it can be local or static"],
    [importing("local"), 'cannot be imported in the mode "local"', "it can be static or live or cached"],
    [importing("sometimes"), '"sometimes" is no import mode', "module, static, live, local, and cached"],
  ] as const)("M7: a mode never decides what is imported: %s", async ([main, message, hint], { expect }) => {
    const { load } = await open(main);
    const error = await errorOf(load(1));
    expect(error).toMatchObject({ code: "ERR_IMPORT_MODE", message: expect.stringContaining(message) });
    expect(error.hint).toContain(hint);
  });

  it("packages and files may say what they are", async ({ expect }) => {
    const { load } = await open('import "pack" with { mode: "module" }; import "./file.ts" with { mode: "local" };');
    expect(readLock((await load(1)).lockfile).imports).toEqual({ "pack@*": "pack@1.0.0" });
  });
});
