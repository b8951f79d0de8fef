import { LoaderError } from "../../src/errors.ts";
import type { Host } from "../../src/host.ts";
import { createLoader, type Loader, type Program } from "../../src/loader.ts";
import type { Asset, ImagePart } from "../../src/run/image.ts";
import { digestBytes, sha256Hex } from "../../src/verify/digest.ts";
import { formatIntegrity } from "../../src/verify/integrity.ts";
import type { Edge } from "../edge.ts";
import { encodeText } from "../encode-text.ts";
import { makerOf } from "./closure-digest.ts";
import { LINK_BASE, type ModuleAddress, MODULES_PREFIX, printAddress } from "./module-address.ts";
import { createPackageShelf } from "./package-shelf.ts";
import { PAGE_RUNTIME } from "./page-runtime.ts";
import { type RenderedModules, renderModules, slotOf } from "./render-modules.ts";
import { typesOf } from "./types-of.ts";

/** What a specifier leads to. */
export interface DirectEntry {
  /** Address of the module. */
  readonly address: string;
  /** Address of its type definitions, where the package has them. */
  readonly types?: string;
}

/** An import map with the integrity of every module that it leads to. */
export interface DirectImportMap {
  readonly imports: Readonly<Record<string, string>>;
  readonly integrity: Readonly<Record<string, string>>;
}

/** Modules of packages for pages and runtimes that have no loader. */
export interface DirectModules {
  /** `name@range/subpath`. @throws LoaderError of all stages */
  find(specifier: string): Promise<DirectEntry>;
  /** The text of a module. @throws LoaderError ERR_MODULE_NOT_FOUND */
  text(address: ModuleAddress): Promise<string>;
  /** A file of the package as it is. */
  file(address: ModuleAddress): Promise<Asset>;
  /** Address of what a module means by `import(specifier)`. */
  later(address: ModuleAddress, specifier: string, type?: string): Promise<string>;
  importMap(specifiers: readonly string[]): Promise<DirectImportMap>;
  /** Address and text of the runtime's module; of an earlier one, where modules that have gone out import it. */
  runtime(address?: string): Promise<{ readonly address: string; readonly text: string }>;
}

const ENTRY = "/main.js";

export function createDirectModules(edge: Edge, host: Host, registry: string): DirectModules {
  const options = { registry, base: LINK_BASE, linking: "modules", keepImages: false, keepMetadata: true } as const;
  const loader = createLoader(host, options);
  const shelf = createPackageShelf(edge.store);
  const runtime = createRuntime(edge);

  /** Modules that go out are those on the shelf, whatever was rendered now. */
  const publish = async (program: Program, part: ImagePart, pinned?: ModuleAddress): Promise<RenderedModules> => {
    const pins = new Map(pinned === undefined ? [] : [[pinned.key, pinned.digest]]);
    const rendered = await renderModules(program, part, (await runtime()).address, pins);
    await Promise.all([...rendered.packages].map(([key, found]) => shelf.add(key, found)));
    return rendered;
  };

  /** The program of one module of a package, with exactly the versions that its address stands for. */
  const loadAt = async (at: ModuleAddress): Promise<Program> => {
    const known = await shelf.read(at.key, at.digest);
    // What an earlier build of the edge has not written, this one would write otherwise.
    if (known?.maker !== makerOf((await runtime()).address)) throw notHere(at);
    return loadFile(loader, at, known.lockfile);
  };

  return {
    runtime,
    find: async (specifier) => {
      const program = await load(loader, [specifier]);
      const rendered = await publish(program, program.image);
      const [url = ""] = entriesOf(program);
      const address = rendered.addressOf(url);
      const types = await typesOf(program, specifier, url);
      return { address, ...(types === undefined ? {} : { types }) };
    },
    text: async (at) => {
      const slot = slotOf(at);
      const known = (await shelf.read(at.key, at.digest))?.modules[slot];
      if (known !== undefined) return known;
      const program = await loadAt(at);
      await publish(program, program.image, at);
      const text = (await shelf.read(at.key, at.digest))?.modules[slot];
      if (text === undefined) throw notHere(at);
      return text;
    },
    file: async (at) => {
      const asset = await (await loadAt(at)).readAsset(LINK_BASE + `${at.key}/${encodeURI(at.path)}`);
      if (asset === undefined) throw notHere(at);
      return asset;
    },
    later: async (at, specifier, type) => {
      const program = await loadAt(at);
      const part = await program.importModule(specifier, LINK_BASE + `${at.key}/${encodeURI(at.path)}`, type);
      const modules = [...program.image.modules, ...part.modules];
      const rendered = await publish(program, { ...part, modules }, at);
      return rendered.addressOf(part.entry);
    },
    importMap: async (specifiers) => {
      const program = await load(loader, specifiers);
      const rendered = await publish(program, program.image);
      const entries = entriesOf(program).map((url) => rendered.addressOf(url));
      const imports = specifiers.map((specifier, index) => [withoutRange(specifier), entries[index] ?? ""]);
      const { address, text } = await runtime();
      const integrity: [string, string][] = [[address, await integrityOf(text)]];
      for (const [key, { digest }] of rendered.packages) {
        const modules = (await shelf.read(key, digest))?.modules ?? {};
        for (const [slot, module] of Object.entries(modules)) {
          const [path = slot, form = ""] = slot.split("?as=", 2);
          integrity.push([printAddress({ key, digest, path, form }), await integrityOf(module)]);
        }
      }
      return {
        imports: Object.fromEntries(imports) as Record<string, string>,
        integrity: Object.fromEntries(integrity),
      };
    },
  };
}

function createRuntime({ store }: Edge): DirectModules["runtime"] {
  let made: Promise<{ address: string; text: string }> | undefined;
  const make = async (): Promise<{ address: string; text: string }> => {
    const bytes = encodeText(PAGE_RUNTIME);
    const address = `${MODULES_PREFIX}~raya/${(await sha256Hex(bytes)).slice(0, 32)}/runtime.js`;
    await store.keep(`runtime:${address}`, {}, { bytes });
    return { address, text: PAGE_RUNTIME };
  };
  return async (wanted) => {
    const own = await (made ??= make());
    if (wanted === undefined || wanted === own.address) return own;
    const earlier = await store.read(`runtime:${wanted}`, {});
    if (earlier !== undefined) return { address: wanted, text: new TextDecoder().decode(earlier.bytes) };
    const hint = "import anew what led here";
    throw new LoaderError("ERR_MODULE_NOT_FOUND", `There is no runtime at "${wanted}"`, { hint });
  };
}

/** A program of nothing but these imports. */
function load(loader: Loader, specifiers: readonly string[]): Promise<Program> {
  const text = specifiers.map((specifier) => `import ${JSON.stringify(specifier)};`).join("\n");
  return loader.load({ files: { [ENTRY]: text }, entry: ENTRY });
}

/** A file is imported by its address, which says no package's name: an `import()` that is never made keeps it locked. */
function loadFile(loader: Loader, { key, path }: ModuleAddress, lockfile: string): Promise<Program> {
  const text = `import ${JSON.stringify(`${LINK_BASE}${key}/${encodeURI(path)}`)};\n() => import(${JSON.stringify(key)});`;
  return loader.load({ files: { [ENTRY]: text }, entry: ENTRY }, { lockfile });
}

/** What the program's own module imports, in order, as the linker has written it. */
function entriesOf({ image }: Program): string[] {
  const main = image.modules.find(({ url }) => url === `${LINK_BASE}project${ENTRY}`);
  return [...(main?.code ?? "").matchAll(/import ("(?:[^"\\]|\\.)*");/g)].map(
    ([, url = '""']) => JSON.parse(url) as string,
  );
}

/** `@scope/name@range/sub` → `@scope/name/sub`. */
function withoutRange(specifier: string): string {
  return specifier.replace(/^((?:@[^/]+\/)?[^/@]+)@[^/]*/, "$1");
}

async function integrityOf(text: string): Promise<string> {
  return formatIntegrity("sha384", await digestBytes("sha384", encodeText(text)));
}

function notHere({ key, digest, path }: ModuleAddress): LoaderError {
  const message = `There is no module "${path}" of "${key}" at the digest ${digest}`;
  const hint = `ask for ${MODULES_PREFIX}${key}/${path}: it redirects to where the module is now`;
  return new LoaderError("ERR_MODULE_NOT_FOUND", message, { package: key, hint });
}
