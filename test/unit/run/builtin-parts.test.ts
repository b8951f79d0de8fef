import { parseModule } from "meriyah";
import { describe, it } from "vitest";
import { builtinParts } from "../../../src/run/builtins/builtin-parts.ts";
import type { BuiltinRealm, Members } from "../../../src/run/builtins/builtin-realm.ts";
import { builtinSource } from "../../../src/resolve/builtin-table.ts";
import { createNodeGlobals } from "../../../src/run/node-globals.ts";

const BASE = "https://app.test/~/";
const fail = (member: string): never => {
  throw new Error(`no ${member}`);
};

/** What is added to the module of Node `name`, over a package that exports `polyfill`. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- What a module exports is known by its name.
function parts<Exports = Members>(name: string, polyfill: Members = {}, uses: Record<string, Members> = {}): Exports {
  const realm: BuiltinRealm = {
    global: globalThis,
    base: BASE,
    globals: createNodeGlobals("production", fail) as unknown as Members,
    require: (used) => uses[used] ?? parts(used),
    unavailable: (member) => () => fail(member),
  };
  return (builtinParts(name)?.(polyfill, realm) ?? {}) as Exports;
}

const withParts = [
  ..."async_hooks buffer cluster console crypto diagnostics_channel dns dns/promises domain events fs fs/promises".split(
    " ",
  ),
  ..."http http2 https inspector inspector/promises module net os path/win32 perf_hooks process querystring".split(" "),
  ..."readline sea sqlite stream/consumers stream/web timers timers/promises tls tty url util util/types worker_threads zlib".split(
    " ",
  ),
];

/** A package that has everything that is asked of packages here. */
const anything: Members = {
  Buffer: { from: () => [], isEncoding: () => true, isBuffer: () => false, prototype: { toString: () => "" } },
  ...Object.fromEntries(
    "format promisify debuglog inspect get request createHmac createHash createSign createVerify"
      .split(" ")
      .map((name) => [name, () => 0]),
  ),
  kMaxLength: 1,
  Z_OK: 0,
};

describe("what is added to modules of Node", () => {
  it.for(withParts)("%s: every name that the table promises", (name, { expect }) => {
    const uses = new Proxy({}, { get: () => anything }) as Record<string, Members>;
    const given = Object.keys(parts(name, anything, uses));
    const promised = (builtinSource(name)?.adds ?? "").split(" ").filter(Boolean);
    // Consoles differ: what a realm's own has is what there is.
    const missing = promised.filter((member) => !given.includes(member));
    expect(
      name === "console" ? missing.filter((member) => ["log", "error", "warn"].includes(member)) : missing,
    ).toEqual([]);
  });

  it.for(withParts)(
    "%s: its code uses nothing from outside of itself, since it travels as text",
    (name, { expect }) => {
      const code = String(builtinParts(name));
      // Coverage and test runners may put counters in, pages may lack shared memory; free names of ours would be in every build.
      const outside = freeNames(`(${code})`).filter(
        (free) => !(free in globalThis) && !/^(?:cov_|__vi|SharedArrayBuffer$)/.test(free),
      );
      expect(outside).toEqual([]);
    },
  );

  it("url: paths of the program's own modules, which packages ask for to find their folder", ({ expect }) => {
    const { fileURLToPath, pathToFileURL, domainToASCII, urlToHttpOptions } = parts<{
      fileURLToPath: (url: string | URL) => string;
      pathToFileURL: (path: string) => URL;
      domainToASCII: (domain: string) => string;
      urlToHttpOptions: (url: URL) => object;
    }>("url");
    expect(fileURLToPath("file:///a%20b/c.js")).toBe("/a b/c.js");
    expect(fileURLToPath(`${BASE}p@1.0.0/x.js`)).toBe("/~/p@1.0.0/x.js");
    expect(() => fileURLToPath("https://elsewhere.test/x.js")).toThrow(
      expect.objectContaining({ name: "TypeError", code: "ERR_INVALID_URL_SCHEME" }),
    );
    expect(() => fileURLToPath("file:///a%2Fb")).toThrow(
      expect.objectContaining({ code: "ERR_INVALID_FILE_URL_PATH" }),
    );
    expect(pathToFileURL("/a b/100%#?.js").href).toBe("file:///a%20b/100%25%23%3F.js");
    expect(fileURLToPath(pathToFileURL("/a b/100%#?.js"))).toBe("/a b/100%#?.js");
    expect(domainToASCII("español.com")).toBe("xn--espaol-zwa.com");
    expect(urlToHttpOptions(new URL("http://a:b@[::1]:81/p?q#h"))).toMatchObject({
      hostname: "::1",
      port: 81,
      path: "/p?q",
      auth: "a:b",
    });
  });

  it("util: deep equality as assert.deepStrictEqual has it", ({ expect }) => {
    const { isDeepStrictEqual: equal } = parts<{ isDeepStrictEqual: (a: unknown, b: unknown) => boolean }>(
      "util",
      {},
      { "internal/util/inspect": { inspect: () => "" } },
    );
    const loop = (): object => {
      const value: { self?: object } = {};
      value.self = value;
      return value;
    };
    const same: [unknown, unknown][] = [
      [{ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }],
      [new Map([[1, { a: 1 }]]), new Map([[1, { a: 1 }]])],
      [new Set([{ a: 1 }]), new Set([{ a: 1 }])],
      [new Date(1), new Date(1)],
      [Number.NaN, Number.NaN],
      [new Uint8Array([1]), new Uint8Array([1])],
      [/a/g, /a/g],
      [loop(), loop()],
    ];
    const different: [unknown, unknown][] = [
      [{ a: 1 }, { a: "1" }],
      [{ a: 1 }, { b: 1 }],
      [{ a: undefined }, {}],
      [[1], [1, 2]],
      [0, -0],
      [new Date(1), new Date(2)],
      [/a/g, /a/i],
      [new Map([[1, 1]]), new Map([[1, 2]])],
      [new Set([1]), new Set([2])],
      [{}, []],
      [new Error("a"), new Error("b")],
      [Object(1), Object(2)],
      [{}, Object.create(null)],
    ];
    expect(same.filter(([a, b]) => !equal(a, b))).toEqual([]);
    expect(different.filter(([a, b]) => equal(a, b))).toEqual([]);
  });

  it("net: what an address is", ({ expect }) => {
    const { isIP } = parts<{ isIP: (text: unknown) => number }>("net");
    const kinds = ["1.2.3.4", "255.255.255.255", "::1", "fe80::1%eth0", "::ffff:1.2.3.4"].map(isIP);
    expect(kinds).toEqual([4, 4, 6, 6, 6]);
    expect(["", "1.2.3", "1.2.3.4.", "256.1.1.1", "01.2.3.4", "::g", "1::2::3", "[::1]", "a.b"].map(isIP)).toEqual(
      Array.from({ length: 9 }, () => 0),
    );
  });

  it("timers/promises: values, and AbortError for a signal", async ({ expect }) => {
    const { setTimeout: after, setInterval: every } = parts<typeof import("node:timers/promises")>("timers/promises");
    expect(await after(1, "value")).toBe("value");
    const stop = new AbortController();
    const waiting = after(10_000, 1, { signal: stop.signal });
    stop.abort("reason");
    await expect(waiting).rejects.toMatchObject({ name: "AbortError", code: "ABORT_ERR", cause: "reason" });
    await expect(after(1, 1, { signal: stop.signal })).rejects.toMatchObject({ code: "ABORT_ERR" });
    let count = 0;
    for await (const value of every(1, 2)) if ((count += value) === 4) break;
    expect(count).toBe(4);
  });

  it("stream/consumers: a stream of the web, to its end, characters across chunks included", async ({ expect }) => {
    const { text, json, bytes } = parts<{
      text: (stream: never) => Promise<string>;
      json: (stream: never) => Promise<unknown>;
      bytes: (stream: never) => Promise<Uint8Array>;
    }>("stream/consumers");
    const stream = (): never =>
      new Blob(["[1,", "2]"]).stream() as unknown as ReadableStream & AsyncIterable<unknown> as never;
    expect(await json(stream())).toEqual([1, 2]);
    expect((await bytes(stream())).length).toBe(5);
    async function* cut() {
      const euro = new TextEncoder().encode("€");
      yield euro.subarray(0, 2);
      yield euro.subarray(2);
    }
    expect(await text(cut() as never)).toBe("€");
  });

  it("async_hooks: a store as long as run() is running, and where bind() brings it back", async ({ expect }) => {
    const { AsyncLocalStorage } = parts<typeof import("node:async_hooks")>("async_hooks");
    const storage = new AsyncLocalStorage<number>();
    const bound = storage.run(1, () => AsyncLocalStorage.bind(() => storage.getStore()));
    expect([storage.run(2, () => storage.getStore()), storage.getStore(), bound()]).toEqual([2, undefined, 1]);
    expect(storage.run(3, () => storage.exit(() => storage.getStore()))).toBeUndefined();
    const waited = await storage.run(4, async () => {
      await Promise.resolve();
      return storage.getStore();
    });
    expect(waited, "documented: no store after an await").toBeUndefined();
  });

  it("diagnostics_channel: subscribers hear, and tracing tells start, end and error", async ({ expect }) => {
    const { channel, tracingChannel } = parts<typeof import("node:diagnostics_channel")>("diagnostics_channel");
    const heard: unknown[] = [];
    expect(channel("a").hasSubscribers).toBe(false);
    channel("a").subscribe((message, name) => heard.push([message, name]));
    channel("a").publish(1);
    expect(heard).toEqual([[1, "a"]]);
    const tracing = tracingChannel("b");
    const phases: string[] = [];
    for (const phase of ["start", "end", "asyncStart", "asyncEnd", "error"] as const)
      tracing[phase].subscribe(() => phases.push(phase));
    await tracing.tracePromise(() => Promise.resolve(1));
    expect(() => tracing.traceSync(() => fail("x"))).toThrow("no x");
    expect(phases).toEqual(["start", "end", "asyncStart", "asyncEnd", "start", "error", "end"]);
  });

  it("crypto: random numbers in range, equal times, keys for the package's functions", ({ expect }) => {
    const used: unknown[] = [];
    const polyfill: Members = {
      createHmac: (...values: unknown[]) => used.push(values),
      createSign: () => ({ sign: (key: unknown) => key }),
      createVerify: () => ({}),
    };
    const Buffer = {
      from: (text: string) => new TextEncoder().encode(text),
      isBuffer: (value: unknown) => value instanceof Uint8Array,
    };
    const crypto = parts<typeof import("node:crypto")>("crypto", polyfill, { buffer: { Buffer } });
    const numbers = Array.from({ length: 200 }, () => crypto.randomInt(5, 8));
    expect(new Set(numbers)).toEqual(new Set([5, 6, 7]));
    expect(() => crypto.randomInt(1, 1)).toThrow(expect.objectContaining({ code: "ERR_OUT_OF_RANGE" }));
    expect(crypto.randomUUID()).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    const bytes = (...values: number[]): Uint8Array => new Uint8Array(values);
    expect([crypto.timingSafeEqual(bytes(1, 2), bytes(1, 2)), crypto.timingSafeEqual(bytes(1), bytes(2))]).toEqual([
      true,
      false,
    ]);
    expect(() => crypto.timingSafeEqual(bytes(1), bytes(1, 2))).toThrow(RangeError);
    const secret = crypto.createSecretKey("s3cret", "utf8");
    expect([secret.type, secret.symmetricKeySize, secret instanceof crypto.KeyObject]).toEqual(["secret", 6, true]);
    crypto.createHmac("sha256", secret);
    expect(used).toEqual([["sha256", new TextEncoder().encode("s3cret")]]);
    const pem = (label: string): string =>
      `-----BEGIN ${label}-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END ${label}-----`;
    expect(crypto.createPublicKey(pem("PUBLIC KEY"))).toMatchObject({ type: "public", asymmetricKeyType: "ec" });
    expect(crypto.createPrivateKey(pem("RSA PRIVATE KEY"))).toMatchObject({
      type: "private",
      asymmetricKeyType: "rsa",
    });
    expect(() => crypto.createPrivateKey("s3cret")).toThrow("no private key");
    expect(crypto.createSign("sha256").sign(crypto.createPrivateKey(pem("PRIVATE KEY")))).toBe(pem("PRIVATE KEY"));
    // The package would sign in the old way and call it the new one.
    expect(() => crypto.createSign("sha256").sign({ key: "", padding: 6 })).toThrow("no RSA_PKCS1_PSS_PADDING");
  });

  it("zlib: the checksum that everybody knows", ({ expect }) => {
    const { crc32 } = parts<{ crc32: (data: string | Uint8Array, start?: number) => number }>("zlib");
    expect([crc32("123456789"), crc32(new TextEncoder().encode("6789"), crc32("12345"))]).toEqual([
      0xcbf43926, 0xcbf43926,
    ]);
  });

  it("fs: there is no file, and code that asks is told so", ({ expect }) => {
    const { existsSync, constants } = parts<typeof import("node:fs")>("fs");
    expect([existsSync("/x"), constants.R_OK, constants.O_RDWR, constants.S_IFDIR]).toEqual([false, 4, 2, 16384]);
  });
});

/** Names that a piece of code uses and does not declare anywhere in it. */
function freeNames(code: string): string[] {
  const used = new Set<string>();
  const declared = new Set(["arguments", "undefined"]);
  const visit = (node: unknown, into: Set<string>): void => {
    if (Array.isArray(node)) return node.forEach((item) => visit(item, into));
    if (typeof node !== "object" || node === null || !("type" in node)) return;
    const fields = node as unknown as Record<string, unknown>;
    if (fields["type"] === "MetaProperty") return;
    if (fields["type"] === "Identifier") into.add(String(fields["name"]));
    for (const [field, child] of Object.entries(fields)) {
      const isName = ["key", "property", "label"].includes(field) && fields["computed"] !== true;
      if (!isName) visit(child, ["id", "params", "param"].includes(field) ? declared : into);
    }
  };
  visit(parseModule(code), used);
  return [...used].filter((name) => !declared.has(name));
}
