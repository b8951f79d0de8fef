import nodeUtil from "node:util";
import { createContext, Script } from "node:vm";
import { describe, it } from "vitest";
import { builtinParts } from "../../../src/run/builtins/builtin-parts.ts";
import type { Members } from "../../../src/run/builtins/builtin-realm.ts";

type Util = typeof nodeUtil;

const NODE = nodeUtil as unknown as Members;

/** `util` and `util/types` as browsers get them, with Node's `inspect` for that of the package. */
function parts(name: string): Members {
  const realm = {
    global: globalThis,
    base: "https://app.test/~/",
    globals: { process, setImmediate },
    require: (used: string): Members => (used === "util/types" ? parts(used) : NODE),
    unavailable: () => () => {
      throw new Error("unavailable");
    },
  };
  return builtinParts(name)?.({}, realm) ?? {};
}

const util = parts("util") as unknown as Util & Record<string, (value: unknown) => unknown>;

const foreign = new Script("({ date: new Date(), map: new Map(), error: new Error(), regexp: /x/ })").runInContext(
  createContext({}),
) as Record<string, unknown>;

/** One of everything. */
const values: Record<string, unknown> = {
  undefined,
  null: null,
  number: 1,
  text: "x",
  boolean: true,
  symbol: Symbol("s"),
  bigint: 1n,
  object: {},
  list: [],
  bare: Object.create(null),
  function: () => 1,
  date: new Date(),
  regexp: /x/,
  error: new TypeError("x"),
  promise: Promise.resolve(),
  map: new Map(),
  set: new Set(),
  weakMap: new WeakMap(),
  weakSet: new WeakSet(),
  buffer: new ArrayBuffer(1),
  shared: new SharedArrayBuffer(1),
  view: new DataView(new ArrayBuffer(1)),
  bytes: new Uint8Array(1),
  clamped: new Uint8ClampedArray(1),
  floats: new Float64Array(1),
  bigs: new BigInt64Array(1),
  node: Buffer.from("x"),
  boxedNumber: Object(1),
  boxedText: Object("x"),
  boxedBoolean: Object(true),
  boxedSymbol: Object(Symbol("s")),
  boxedBigint: Object(1n),
  async: async () => 1,
  generator: function* () {},
  asyncGenerator: async function* () {},
  iterating: (function* () {})(),
  keys: new Map().keys(),
  items: new Set().values(),
  arguments: (function () {
    // oxlint-disable-next-line prefer-rest-params -- It is what is asked for.
    return arguments;
  })(),
  ...Object.fromEntries(Object.entries(foreign).map(([name, value]) => [`foreign ${name}`, value])),
};

describe("util/types", () => {
  const types = parts("util/types") as Record<string, (value: unknown) => boolean>;
  const cannotTell = ["isProxy", "isExternal", "isKeyObject", "isCryptoKey"];
  const names = Object.keys(nodeUtil.types).filter((name) => !cannotTell.includes(name));
  it.for(names)("%s says what Node's says, of one of everything", (name, { expect }) => {
    const of = (test: Record<string, (value: unknown) => boolean>): string[] =>
      Object.keys(values).filter((key) => test[name]?.(values[key]) === true);
    expect(of(types)).toEqual(of(nodeUtil.types as never));
  });
});

describe("util", () => {
  it("promisify: results, errors, properties, custom forms, timers", async ({ expect }) => {
    const read = Object.assign(
      function read(value: number, done: (error: Error | null, value?: number) => void) {
        if (value < 0) done(new Error("negative"));
        else done(null, value + 1);
      },
      { extra: 1 },
    );
    const reading = util.promisify(read) as unknown as ((value: number) => Promise<number>) & { extra: number };
    expect([await reading(1), reading.extra, reading.name, util.promisify(reading)]).toEqual([2, 1, "read", reading]);
    await expect(reading(-1)).rejects.toThrow("negative");
    const custom = Object.assign(() => 1, { [nodeUtil.promisify.custom]: () => "custom" });
    expect(util.promisify(custom)()).toBe("custom");
    expect([
      util.promisify.custom,
      await util.promisify(setTimeout)(1, "late"),
      await util.promisify(setImmediate)("now"),
    ]).toEqual([nodeUtil.promisify.custom, "late", "now"]);
    expect(() => util.promisify(undefined as never)).toThrow(expect.objectContaining({ code: "ERR_INVALID_ARG_TYPE" }));
  });

  it("callbackify: results and reasons reach the callback", async ({ expect }) => {
    const call = (work: () => Promise<unknown>): Promise<unknown[]> =>
      new Promise((resolve) => util.callbackify(work)((...given: unknown[]) => resolve(given)));
    expect(await call(() => Promise.resolve(1))).toEqual([null, 1]);
    expect(await call(() => Promise.reject(new Error("no")))).toEqual([new Error("no"), undefined]);
    // oxlint-disable-next-line prefer-promise-reject-errors -- What callbacks cannot tell from success.
    const [error] = await call(() => Promise.reject(undefined));
    expect(error).toMatchObject({ message: "Promise was rejected with a falsy value" });
  });

  it("inherits and deprecate, which old packages are made of", ({ expect }) => {
    class Parent {
      hello(): string {
        return "hello";
      }
    }
    function Child(): void {}
    util.inherits(Child, Parent);
    expect([new (Child as never as typeof Parent)().hello(), (Child as never as { super_: unknown }).super_]).toEqual([
      "hello",
      Parent,
    ]);
    const old = util.deprecate((value: number) => value + 1, "old", "DEP1");
    const Made = util.deprecate(Parent as never, "old class") as unknown as typeof Parent;
    expect([old(1), new Made() instanceof Parent]).toEqual([2, true]);
  });

  it("styleText: formats inside one another; an unknown one is an error", ({ expect }) => {
    expect(util.styleText(["bold", "red"], "x")).toBe("\u001B[1m\u001B[31mx\u001B[39m\u001B[22m");
    expect(() => util.styleText("plaid" as never, "x")).toThrow(
      expect.objectContaining({ code: "ERR_INVALID_ARG_VALUE" }),
    );
  });

  it("debuglog is silent but for the sections that NODE_DEBUG names", ({ expect }) => {
    const log = util.debuglog("raya-test");
    expect(log.enabled).toBe(false);
    process.env["NODE_DEBUG"] = "other,raya-test";
    expect(log.enabled).toBe(true);
    delete process.env["NODE_DEBUG"];
  });

  it("what Node 23 removed is there for packages that are older", ({ expect }) => {
    const called = (name: string, value: unknown): unknown => util[name]?.(value);
    expect([
      called("isArray", []),
      called("isString", ""),
      called("isNullOrUndefined", null),
      called("isPrimitive", {}),
    ]).toEqual([true, true, true, false]);
  });
});
