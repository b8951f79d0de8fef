import { builtinModules } from "node:module";
import { describe, it } from "vitest";
import { builtinSource } from "../../../src/resolve/builtin-table.ts";
import { isBuiltinModule, isPrefixedBuiltin } from "../../../src/specifier/builtin-modules.ts";

const names = builtinModules.map((name) => name.replace(/^node:/, "")).filter((name) => !/^_(?:http|tls)/.test(name));
const known = names.filter((name) => name !== "_stream_wrap");
const list = (text = ""): string[] => text.split(" ").filter(Boolean);

/** Public names that Node's own module has here, and those that Node 24 deprecates or hides. */
function namesInNode(name: string): string[] {
  return Object.keys(process.getBuiltinModule(`node:${name}`) as object).filter((member) => !member.startsWith("_"));
}

describe("the table of Node's modules", () => {
  it.for(known)("has %s", (name, { expect }) => {
    expect(isPrefixedBuiltin(name)).toBe(true);
    expect(builtinSource(name)).toBeDefined();
  });

  it("only the prefix leads to those that are newer than their npm names", ({ expect }) => {
    const prefixed = known.filter((name) => !isBuiltinModule(name));
    expect(prefixed).toEqual(builtinModules.filter((name) => name.startsWith("node:")).map((name) => name.slice(5)));
  });

  it.for(["util/", "buffer/index.js", "process/browser.js", "fs-extra", "constructor", "__proto__", ""])(
    "%s is no module of Node",
    (name, { expect }) => {
      expect(isPrefixedBuiltin(name)).toBe(false);
      expect(builtinSource(name)).toBeUndefined();
    },
  );

  it.for(known.filter((name) => builtinSource(name)?.partOf !== undefined))(
    "%s is the part of another module that Node says it is",
    (name, { expect }) => {
      const [whole = "", member] = builtinSource(name)?.partOf?.split(".") ?? [];
      const exports = process.getBuiltinModule(`node:${whole}`) as unknown as Record<string, unknown>;
      const part: unknown = process.getBuiltinModule(`node:${name}`);
      expect(part).toBe(member === undefined ? exports : exports[member]);
    },
  );

  /** What is not a function, or too close to the engine to be named: left out, and listed in docs/node-builtins.md. */
  const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
    async_hooks: ["asyncWrapProviders"],
    cluster: ["SCHED_NONE", "SCHED_RR", "schedulingPolicy"],
    http2: ["sensitiveHeaders"],
    inspector: ["DOMStorage", "Network", "NetworkResources"],
    "inspector/promises": ["DOMStorage", "Network", "NetworkResources"],
    module: ["globalPaths"],
    "path/win32": ["posix", "win32"],
    repl: ["REPL_MODE_SLOPPY", "REPL_MODE_STRICT"],
    "stream/web": ["ReadableStreamTee"],
    test: ["assert", "expectFailure", "getTestContext", "mock", "snapshot"],
    tls: ["CLIENT_RENEG_LIMIT", "CLIENT_RENEG_WINDOW", "DEFAULT_CIPHERS", "DEFAULT_ECDH_CURVE"],
    v8: ["isStringOneByteRepresentation", "promiseHooks", "startupSnapshot"],
  };
  const whole = known.filter((name) => {
    const source = builtinSource(name);
    return source?.partOf === undefined && source?.polyfill === undefined && name !== "process";
  });
  it.for(whole)(
    "%s, which no package stands in for, has every name that Node has, and no other",
    (name, { expect }) => {
      const { adds, unavailable } = builtinSource(name) ?? {};
      const constants = name.startsWith("dns") ? /^[A-Z\d]+$/ : /^$/;
      const inNode = namesInNode(name).filter(
        (member) => !constants.test(member) && !(LEFT_OUT[name] ?? []).includes(member) && member !== "default",
      );
      // An alias that is no own property of `fs` in every version; deprecated ones that only some have.
      const optional = ["lchmod", "lchmodSync"];
      const ours = [...list(adds), ...list(unavailable)].filter((member) => !optional.includes(member));
      expect(ours.toSorted()).toEqual(inNode.filter((member) => !optional.includes(member)).toSorted());
    },
  );

  const polyfilled = known.filter((name) => builtinSource(name)?.polyfill !== undefined);
  it.for(polyfilled)("%s gets only names that Node has beside those of its package", (name, { expect }) => {
    const { adds, unavailable } = builtinSource(name) ?? {};
    const inNode = new Set(namesInNode(name));
    expect([...list(adds), ...list(unavailable)].filter((member) => !inNode.has(member))).toEqual([]);
  });
});
