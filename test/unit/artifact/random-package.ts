import type { ModuleRecord, ModuleRequest, ModuleSymbol } from "../../../src/artifact/module-record.ts";
import { emptyRecord, PURITY, RELOCATION } from "../../../src/artifact/module-record.ts";
import { compareFiles } from "../../../src/artifact/file-order.ts";
import type { CompiledFile, CompiledPackage } from "../../../src/compile/compiled-package.ts";

/** Whole numbers from 0 to below `count`, the same for the same seed on every platform. */
export type Random = (count: number) => number;

export function createRandom(seed: number): Random {
  let state = seed | 0;
  return (count) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % count;
  };
}

const NAMES = [
  "a",
  "value",
  "default",
  "Ä",
  "日本",
  "😀",
  "$",
  "__proto__",
  "constructor",
  "with\0zero",
  "\ufeffmark",
  "",
];
const KINDS = ["import", "dynamic", "require", "resolve", "asset", "worker"] as const;
const SYMBOLS = ["import", "namespace", "var", "function", "let", "const", "class"] as const;
const WASM = ["function", "table", "memory", "global", "tag"] as const;

/** A package of valid records that make no sense together. */
export function randomPackage(random: Random): CompiledPackage {
  const paths = new Set(["package.json"]);
  for (let left = 3 + random(9); left > 0; left--)
    paths.add(`${["", "a/", "a/b/", "ä/"][random(4)]}${random(20)}.${["js", "css", "wasm"][random(3)]}`);
  const sorted = [...paths].toSorted(compareFiles);
  return {
    manifests: { "": { name: "p", version: "1.0.0", exports: { import: "./x", 2: "two" } }, a: { type: "module" } },
    files: sorted.map((path) => randomFile(random, path, sorted)),
  };
}

/** The same with a file that is too large for its content to be part of the index. */
export function enlarged({ manifests, files }: CompiledPackage): CompiledPackage {
  const large: CompiledFile = { path: "large.bin", state: "asset", bytes: new Uint8Array(40_000) };
  return { manifests, files: [...files, large].toSorted((a, b) => compareFiles(a.path, b.path)) };
}

function randomFile(random: Random, path: string, paths: readonly string[]): CompiledFile {
  const bytes = Uint8Array.from({ length: random(40) }, () => random(256));
  const state = (["module", "module", "module", "deferred", "failed", "asset"] as const)[random(6)] ?? "asset";
  if (state === "failed") {
    const error = { code: "ERR_SOURCE_PARSE", stage: "compile", message: "x", details: { line: random(9) } } as const;
    return { path, state, bytes, error };
  }
  if (state !== "module") return { path, state, bytes };
  const record = randomRecord(random, path, paths);
  return record.format === "wasm" ? { path, state, record, bytes } : { path, state, record };
}

function randomRecord(random: Random, path: string, paths: readonly string[]): ModuleRecord {
  const one = <Item>(items: readonly Item[]): Item => items[random(items.length)] as Item;
  const some = <Item>(make: () => Item, most = 5): Item[] => Array.from({ length: random(most) }, make);
  const format = one(["esm", "esm", "esm", "commonjs", "json", "css", "wasm"] as const);
  const requests = some(() => randomRequest(random, path, paths));
  if (format === "wasm") {
    const imports = some(() => ({ module: one(NAMES), name: one(NAMES), kind: one(WASM) }));
    return {
      ...emptyRecord(path, format),
      requests,
      wasm: { imports, exports: some(() => ({ name: one(NAMES), kind: one(WASM) })) },
    };
  }
  const symbols = format === "esm" ? some(() => randomSymbol(random, requests), 8) : [];
  const strings = some(() => one(NAMES));
  const guards = some(() => ({ value: one(["production", "development"]), equals: random(2) === 0 }), 3);
  const named = { requests: requests.length, symbols, strings, guards: guards.length };
  const body = randomBody(random, named);
  const request = (): number => random(requests.length);
  return {
    ...emptyRecord(path, format),
    ...(format === "esm" ? body : { code: body.code, relocations: body.relocations }),
    flags: random(256),
    lines: randomLines(random, body.code.length),
    requests,
    symbols,
    exports: symbols.length === 0 ? [] : some(() => ({ name: one(NAMES), symbol: random(symbols.length) })),
    reexports:
      requests.length === 0 ? [] : some(() => ({ name: one(NAMES), request: request(), imported: one(NAMES) })),
    stars: requests.length === 0 ? [] : some(request),
    names: some(() => one(NAMES)),
    forwards: requests.length === 0 ? [] : some(request),
    nested: some(() => one(NAMES)),
    globals: some(() => one(NAMES)),
    guards,
    strings,
  };
}

function randomRequest(random: Random, path: string, paths: readonly string[]): ModuleRequest {
  const within = random(2) === 0 ? (paths[random(paths.length)] ?? "") : undefined;
  const up = path
    .split("/")
    .slice(1)
    .map(() => "../")
    .join("");
  const written = ["./x.js", "bare", "../../a/0.js", `${up === "" ? "./" : up}${within}`, NAMES[random(NAMES.length)]];
  return {
    specifier: written[random(5)] ?? "",
    kind: KINDS[random(KINDS.length)] ?? "import",
    line: 1 + random(200),
    column: 1 + random(200),
    ...(within === undefined ? {} : { within }),
    ...(random(5) === 0 ? { type: "json" } : {}),
    ...(random(5) === 0 ? { phase: random(2) === 0 ? ("source" as const) : ("defer" as const) } : {}),
    ...(random(5) === 0 ? { guard: { value: "production", equals: random(2) === 0 } } : {}),
  };
}

function randomSymbol(random: Random, requests: readonly ModuleRequest[]): ModuleSymbol {
  const symbol = { name: NAMES[random(NAMES.length - 1)] ?? "", flags: random(8) };
  const kind = SYMBOLS[random(SYMBOLS.length)] ?? "var";
  if (kind !== "import" && kind !== "namespace") return { ...symbol, kind, ...(random(5) === 0 ? { aliasOf: 0 } : {}) };
  if (requests.length === 0) return { ...symbol, kind: "let" };
  const request = random(requests.length);
  return kind === "namespace" ? { ...symbol, kind, request } : { ...symbol, kind, request, imported: "default" };
}

function randomLines(random: Random, most: number): number[] {
  const lines: number[] = [];
  let line = 1;
  while (lines.length < most && random(10) > 0) {
    lines.push(line);
    line = Math.max(1, line + (random(3) > 0 ? 1 : random(30) - 10));
  }
  return lines;
}

interface Named {
  readonly requests: number;
  readonly symbols: readonly ModuleSymbol[];
  readonly strings: readonly string[];
  readonly guards: number;
}

/** Code, the relocations in it, and the parts it is cut into. */
function randomBody(random: Random, named: Named): Pick<ModuleRecord, "code" | "parts" | "declares" | "relocations"> {
  const relocations: number[] = [];
  const parts: number[] = [];
  const declares: number[] = [];
  let end = 0;
  for (let left = random(6); left > 0; left--) {
    for (let more = random(6); more > 0; more--) end = addRelocation(random, named, relocations, end + random(9));
    end += random(150);
    if (named.symbols.length > 0)
      for (let more = random(3); more > 0; more--) declares.push(random(named.symbols.length));
    const purity = randomPurity(random, named);
    const condition =
      purity === PURITY.ifFunction
        ? random(named.symbols.length)
        : purity === PURITY.ifGuard
          ? random(named.guards)
          : 0;
    parts.push(end, purity, condition, declares.length, relocations.length / 5);
  }
  const text = ["x", "ä", "\n", "日"][random(4)] ?? "x";
  return { code: text.repeat(end), parts, declares, relocations };
}

function randomPurity(random: Random, { symbols, guards }: Named): number {
  const purity = random(5);
  const isPossible = (purity !== PURITY.ifFunction || symbols.length > 0) && (purity !== PURITY.ifGuard || guards > 0);
  return isPossible ? purity : PURITY.impure;
}

/** Lengths that do not depend on a name: the usual one, and another. */
const LENGTHS: Readonly<Record<number, readonly [usual: number, other: number]>> = {
  [RELOCATION.meta]: [11, 12],
  [RELOCATION.nodeEnv]: [20, 22],
  [RELOCATION.topLevelThis]: [4, 5],
  [RELOCATION.dynamicImport]: [6, 13],
  [RELOCATION.resolve]: [30, 31],
  [RELOCATION.require]: [7, 9],
  [RELOCATION.classStart]: [0, 0],
  [RELOCATION.classEnd]: [0, 0],
  [RELOCATION.nameStart]: [0, 0],
  [RELOCATION.nameEnd]: [0, 0],
};

/** Adds one relocation, and for a branch what is inside of it, where there is something to name; gives the end. */
function addRelocation(random: Random, named: Named, out: number[], position: number): number {
  const kind = random(18);
  if (kind === RELOCATION.branch) return named.guards === 0 ? position : addBranch(random, named, out, position);
  const isMember = kind === RELOCATION.member || kind === RELOCATION.memberCallee;
  const a = randomOperand(random, named, kind);
  if (a === undefined || (isMember && named.strings.length === 0)) return position;
  const b = isMember ? random(named.strings.length) : 0;
  const name = (named.symbols[a]?.name ?? "") + (isMember ? `.${named.strings[b]}` : "");
  const length = LENGTHS[kind]?.[random(2)] ?? name.length + (random(9) === 0 ? 3 : 0);
  out.push(position, length, kind, a, b);
  return position + length;
}

function randomOperand(random: Random, { requests, symbols }: Named, kind: number): number | undefined {
  if (kind === RELOCATION.meta || kind === RELOCATION.nodeEnv || kind === RELOCATION.topLevelThis) return 0;
  if (kind === RELOCATION.dynamicImport) return random(requests + 1) - 1;
  const count = kind === RELOCATION.resolve || kind === RELOCATION.require ? requests : symbols.length;
  return count === 0 ? undefined : random(count);
}

function addBranch(random: Random, named: Named, out: number[], position: number): number {
  const at = out.push(position, 0, RELOCATION.branch, random(named.guards), random(2)) - 4;
  let end = position + 1;
  for (let inner = random(3); inner > 0; inner--) end = addRelocation(random, named, out, end + random(3));
  end += random(4);
  out[at] = end - position;
  return end;
}
