import type { Program } from "../../src/loader.ts";
import { readLock } from "../../src/lock/read-lock.ts";
import type { ImageModule, ImagePart } from "../../src/run/image.ts";
import { sha256Hex } from "../../src/verify/digest.ts";
import { encodeText } from "../encode-text.ts";
import { type Closure, closureOf } from "./closure-digest.ts";
import {
  LINK_BASE,
  type ModuleAddress,
  MODULES_PREFIX,
  NODE_KEY,
  printAddress,
  readLinkUrl,
} from "./module-address.ts";

/** Modules of a package, in one closure, as they go out. */
export interface RenderedPackage extends Closure {
  /** By path and form: `index.js`, `index.js?as=script`. */
  readonly modules: Readonly<Record<string, string>>;
}

/** Modules that a program has brought, ready to go out. */
export interface RenderedModules {
  /** By `name@version`. */
  readonly packages: ReadonlyMap<string, RenderedPackage>;
  /** Where a module of the program, by its URL while it was linked, is to be had. */
  readonly addressOf: (url: string) => string;
  /** The same; undefined for what is no module of a package. */
  readonly placeOf: (url: string) => ModuleAddress | undefined;
}

/** A URL in linked code: the linker writes them as JSON. */
export const LINK_URL = /"https:\/\/modules\.raya\.invalid\/~\/(?:[^"\\]|\\.)*"/g;
/** The source map of a module. */
export const MAP_FORM = "map";
const FACADE = /#(?<kind>(?:commonjs|node)(?:-namespace)?)(?:-\d+)?$/;

/**
 * Writes the modules of a program that was linked module by module as modules of their own, which any runtime imports by
 * URL: each knows the others by addresses that never change.
 * @param program whose URLs begin with `LINK_BASE`
 * @param pinned the digest of a package that is asked for by it
 */
export async function renderModules(
  program: Pick<Program, "lockfile">,
  { modules, wasm }: Pick<ImagePart, "modules" | "wasm">,
  runtime: string,
  pinned: ReadonlyMap<string, string> = new Map(),
): Promise<RenderedModules> {
  const closures = await closuresOf(program, modules, runtime, pinned);
  const scripts = new Set(modules.filter(({ kind }) => kind === "script").map(({ url }) => url));
  const forms = new Map<string, string>();
  const place = (url: string): ModuleAddress | undefined => {
    const [file = url] = url.split("#", 1);
    const { key, path } = readLinkUrl(file) ?? {};
    const digest = key === undefined ? undefined : closures.get(key)?.digest;
    if (key === undefined || path === undefined || digest === undefined) return undefined;
    return { key, digest, path, form: forms.get(url) ?? "" };
  };
  const context: RenderContext = {
    runtime,
    wasm: new Set(wasm),
    isScript: (url) => scripts.has(url),
    address: (url) => {
      const found = place(url);
      return found === undefined ? url : printAddress(found);
    },
  };
  for (const url of scripts) forms.set(url, "script");
  const own = modules.filter(({ url }) => readLinkUrl(url.split("#", 1)[0] ?? "") !== undefined);
  const facades = own.filter(({ url }) => url.includes("#"));
  // What a facade exports depends on who imports it: its address names its text.
  for (const { url, code } of facades) {
    const kind = FACADE.exec(url)?.groups?.["kind"] ?? "import";
    forms.set(url, `${kind}-${(await sha256Hex(encodeText(code))).slice(0, 12)}`);
  }
  const packages = new Map<string, RenderedPackage & { modules: Record<string, string> }>();
  for (const module of own) {
    const at = place(module.url);
    const closure = at && closures.get(at.key);
    if (at === undefined || closure === undefined) continue;
    const rendered = packages.get(at.key) ?? { ...closure, modules: {} };
    rendered.modules[slotOf(at)] = renderModule(module, context);
    packages.set(at.key, rendered);
  }
  return { packages, addressOf: context.address, placeOf: place };
}

/** Which of the modules of a package. */
export function slotOf({ path, form }: Pick<ModuleAddress, "path" | "form">): string {
  return form === "" ? path : `${path}?as=${form}`;
}

async function closuresOf(
  program: Pick<Program, "lockfile">,
  modules: readonly ImageModule[],
  runtime: string,
  pinned: ReadonlyMap<string, string>,
): Promise<Map<string, Closure>> {
  const lock = readLock(program.lockfile);
  const usesNode = new Set(
    modules.flatMap(({ url, code }) => (code.includes(`"${LINK_BASE}node:`) ? (readLinkUrl(url)?.key ?? []) : [])),
  );
  const closures = new Map<string, Closure>();
  for (const key of [...Object.keys(lock.packages), NODE_KEY]) {
    const closure = await closureOf(key, lock, usesNode, runtime);
    closures.set(key, { ...closure, digest: pinned.get(key) ?? closure.digest });
  }
  return closures;
}

interface RenderContext {
  /** Address of the runtime's module. */
  readonly runtime: string;
  /** URLs of WebAssembly modules. */
  readonly wasm: ReadonlySet<string>;
  readonly isScript: (url: string) => boolean;
  readonly address: (url: string) => string;
}

/** Everything that is added stands on the first line: the others stay those of the source. */
function renderModule({ url, kind, code }: ImageModule, context: RenderContext): string {
  const [file = url] = url.split("#", 1);
  const imports: string[] = [];
  if (code.includes("__raya")) imports.push(`import { __raya } from ${JSON.stringify(context.runtime)};`);
  for (const script of kind === "script" ? requiredScripts(code, context) : url === file ? [] : [file])
    if (script !== url && context.isScript(script)) imports.push(`import ${JSON.stringify(context.address(script))};`);
  if (context.wasm.has(url))
    imports.push(`await __raya.prepareWasm([${JSON.stringify(identityOf(url, context.address))}]);`);
  const body = code.replace(/\n\/\/# sourceURL=.*\s*$/, "\n");
  const text = imports.join(" ") + body.replace(LINK_URL, (found) => rewrite(JSON.parse(found) as string, context));
  return url === file ? `${text}//# sourceMappingURL=${identityOf(url, context.address)}?as=${MAP_FORM}\n` : text;
}

/** Modules that a CommonJS module may require: what stands before its function says. */
function requiredScripts(code: string, { isScript }: RenderContext): Set<string> {
  const head = code.slice(0, code.indexOf(", function ("));
  const urls = [...head.matchAll(LINK_URL)].map(([text]) => JSON.parse(text) as string);
  return new Set(urls.filter(isScript));
}

function rewrite(url: string, context: RenderContext): string {
  return JSON.stringify(url.includes("#") ? context.address(url) : identityOf(url, context.address));
}

/** What the runtime calls a module: its address without the form; there is one of each module of Node. */
export function identityOf(url: string, address: (url: string) => string): string {
  const isNode = url.startsWith(`${LINK_BASE}node:`);
  return isNode ? MODULES_PREFIX + url.slice(LINK_BASE.length) : address(url).replace(/\?as=.*$/, "");
}
