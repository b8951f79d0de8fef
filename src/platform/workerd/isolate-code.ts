import { LoaderError } from "../../errors.ts";
import type { Program } from "../../loader.ts";
import type { Asset, Image, ImageModule } from "../../run/image.ts";
import { inlinedWasm } from "./inlined-wasm.ts";
import { RUNTIME_MODULE } from "./isolate-parts.ts";
import { RUNTIME_BUILTINS } from "./isolate-settings.ts";
import { fingerprint } from "./wasm-fingerprint.ts";

/** The modules of an isolate, by name. */
export type IsolateModules = Record<string, WorkerLoaderModule>;

/** What an isolate is made of. */
export interface IsolateCode {
  readonly mainModule: string;
  readonly modules: IsolateModules;
}

/** The entrypoint of every isolate that answers with the program's handler, errors included. */
export const PROGRAM_ENTRYPOINT = "RayaProgram";

interface CodeOptions {
  /** Of the answers that are errors. */
  readonly mark: string;
  /** Names of exported classes that others may call. */
  readonly entrypoints: readonly string[];
}

/**
 * Makes the modules of an isolate of a linked program: its image, the WebAssembly and the files that it may ask for, and a main
 * module that starts it.
 */
export async function createIsolateCode(program: Program, { mark, entrypoints }: CodeOptions): Promise<IsolateCode> {
  const { image } = program;
  const names = new Names(image.base);
  const modules: IsolateModules = { "raya.js": { js: RUNTIME_MODULE } };
  const add = (added: readonly ImageModule[]): string[] => added.map((module) => addModule(module, names, modules));
  const imageNames = add(image.modules);
  const imports = (image.ahead?.imports ?? []).map(({ outcome, ...call }) => {
    if (!("modules" in outcome)) return { ...call, outcome };
    return { ...call, outcome: { entry: outcome.entry, names: add(outcome.modules), wasm: outcome.wasm } };
  });
  const binaries = new Binaries(names, modules);
  await addAssets(program, binaries);
  const { entry, base, mode, wasm } = image;
  const fixed = JSON.stringify({ entry, base, mode, names: imageNames, wasm, imports });
  const code = Object.values(modules).map((module) => module.js ?? module.cjs);
  const builtins = RUNTIME_BUILTINS.filter((name) => code.some((text) => text?.includes(`"${name}"`)));
  modules["raya-main.js"] = { js: mainModule({ fixed, binaries, builtins, mark, entrypoints }) };
  return { mainModule: "raya-main.js", modules };
}

/** Names in the isolate, which are paths, for URLs. */
class Names {
  readonly #base: string;
  readonly #taken = new Set<string>(["raya-main.js", "raya.js"]);

  constructor(base: string) {
    this.#base = base;
  }

  fresh(url: string, ending: string): string {
    const stem = (url.startsWith(this.#base) ? url.slice(this.#base.length) : url).replace(/[^\w@.-]+/g, "_");
    let name = stem.endsWith(ending) ? stem : stem + ending;
    for (let count = 1; this.#taken.has(name); count++) name = `${count}_${stem}${ending}`;
    this.#taken.add(name);
    return name;
  }
}

/** @throws LoaderError ERR_EVALUATE_UNAVAILABLE where a program could not be linked into images */
export function assertImages({ image }: Program): void {
  const parts = image.ahead?.imports.flatMap(({ outcome }) => ("modules" in outcome ? [outcome] : [])) ?? [];
  const alone = [image, ...parts].flatMap(({ modules }) => modules).find(({ url }) => !IMAGE_URL.test(url));
  if (alone === undefined) return;
  const message = "The program has an ES module with a direct eval, or one too big to analyse: workers run neither";
  throw new LoaderError("ERR_EVALUATE_UNAVAILABLE", message, { url: alone.url });
}

const IMAGE_URL = /\/image-\d+\.js(?:\.cjs)?$/;

function addModule({ url, kind, code }: ImageModule, names: Names, modules: IsolateModules): string {
  const name = names.fresh(url, kind === "esm" ? ".js" : ".cjs");
  modules[name] = kind === "esm" ? { js: code } : { cjs: code };
  return name;
}

/** WebAssembly and files, which the main module imports. */
class Binaries {
  /** Import statements. */
  readonly imports: string[] = [];
  /** Members of the objects that the main module hands on. */
  readonly compiled: string[] = [];
  readonly files: string[] = [];
  readonly #names: Names;
  readonly #modules: IsolateModules;
  readonly #known = new Map<string, string>();

  constructor(names: Names, modules: IsolateModules) {
    this.#names = names;
    this.#modules = modules;
  }

  /** A compiled module, found by its bytes, and by `url`. */
  addWasm(bytes: Uint8Array<ArrayBuffer>, url?: string): void {
    const print = fingerprint(bytes);
    let binding = this.#known.get(print);
    if (binding === undefined) {
      binding = this.#import(url ?? "inlined", ".wasm", { wasm: bytes });
      this.#known.set(print, binding);
      this.compiled.push(`${JSON.stringify(print)}: ${binding}`);
    }
    if (url !== undefined) this.compiled.push(`${JSON.stringify(url)}: ${binding}`);
  }

  addFile(url: string, { bytes, type }: Asset): void {
    const data = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    const binding = this.#import(url, ".bin", { data });
    this.files.push(`${JSON.stringify(url)}: { bytes: ${binding}, type: ${JSON.stringify(type)} }`);
  }

  #import(url: string, ending: string, module: WorkerLoaderModule): string {
    const name = this.#names.fresh(url, ending);
    const binding = `binary${this.imports.length}`;
    this.#modules[name] = module;
    this.imports.push(`import ${binding} from ${JSON.stringify(`./${name}`)};`);
    return binding;
  }
}

async function addAssets(program: Program, binaries: Binaries): Promise<void> {
  const { image } = program;
  const parts = (image.ahead?.imports ?? []).flatMap(({ outcome }) => ("modules" in outcome ? [outcome] : []));
  const imported = new Set([image, ...parts].flatMap(({ wasm }) => wasm));
  for (const url of imported) {
    const asset = await program.readAsset(url);
    if (asset !== undefined) binaries.addWasm(asset.bytes, url);
  }
  for (const url of image.ahead?.assets ?? []) {
    const asset = imported.has(url) ? undefined : await program.readAsset(url);
    if (asset === undefined) continue;
    binaries.addFile(url, asset);
    if (isWasm(asset.bytes)) binaries.addWasm(asset.bytes);
  }
  for (const { code } of [image, ...parts].flatMap(({ modules }: Pick<Image, "modules">) => modules))
    for (const bytes of inlinedWasm(code)) binaries.addWasm(bytes);
}

function isWasm(bytes: Uint8Array): boolean {
  return [0, 0x61, 0x73, 0x6d].every((byte, index) => bytes[index] === byte);
}

interface MainModule extends CodeOptions {
  /** What is known of the program, JSON. */
  readonly fixed: string;
  readonly binaries: Binaries;
  readonly builtins: readonly string[];
}

function mainModule({ fixed, binaries, builtins, mark, entrypoints }: MainModule): string {
  const { imports, compiled, files } = binaries;
  const own = builtins.map((name, index) => `"${name}": builtin${index}`);
  return [
    `import { WorkerEntrypoint } from "cloudflare:workers";`,
    `import { start } from "./raya.js";`,
    ...imports,
    ...builtins.map((name, index) => `import * as builtin${index} from "${name}";`),
    `const load = (name) => import("./" + name);`,
    `const binaries = { compiled: { ${compiled.join(", ")} }, files: { ${files.join(", ")} } };`,
    `const given = { ...${fixed}, ...binaries, builtins: { ${own.join(", ")} }, load };`,
    `const program = await start(given, ${JSON.stringify(mark)});`,
    "export default program.handlers;",
    `export class ${PROGRAM_ENTRYPOINT} extends WorkerEntrypoint {`,
    "  fetch(request) { return program.respond(request, this.env, this.ctx); }",
    "}",
    ...entrypoints.map((name) => `export const ${name} = program.namespace.${name};`),
  ].join("\n");
}
