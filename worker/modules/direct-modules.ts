import { LoaderError } from "../../src/errors.ts";
import type { Host } from "../../src/host.ts";
import type { Program } from "../../src/loader.ts";
import { packageUrl } from "../../src/link/package-address.ts";
import type { Asset, ImageModule, ImagePart } from "../../src/run/image.ts";
import { digestBytes } from "../../src/verify/digest.ts";
import { formatIntegrity } from "../../src/verify/integrity.ts";
import type { Edge } from "../edge.ts";
import { encodeText } from "../encode-text.ts";
import { SOURCE_PREFIX } from "../routes/source.ts";
import { createShare, type Share } from "../share.ts";
import { makerOf } from "./closure-digest.ts";
import { createImportPrograms, importsOf, type ImportPrograms } from "./import-programs.ts";
import { LINK_BASE, type ModuleAddress, MODULES_PREFIX, printAddress } from "./module-address.ts";
import { createPackageShelf, type PackageShelf } from "./package-shelf.ts";
import { type RenderedModules, renderModules, slotOf } from "./render-modules.ts";
import { RuntimeShelf } from "./runtime-shelf.ts";
import { SINGLE_MAP_FORM, type SingleFile, writeSingleFile } from "./single-file.ts";
import { typesOf } from "./types-of.ts";

/** What a specifier leads to. */
export interface DirectEntry {
  /** Address of the module. */
  readonly address: string;
  /** Address of its type definitions, where the package has them. */
  readonly types?: string;
}

/** An import map with the integrity of every module that it leads to. */
interface DirectImportMap {
  readonly imports: Readonly<Record<string, string>>;
  readonly integrity: Readonly<Record<string, string>>;
}

/** What has been found for a specifier. */
interface Found {
  readonly program: Program;
  readonly rendered: RenderedModules;
  /** Of its module, while it was linked. */
  readonly url: string;
  readonly at: ModuleAddress;
  readonly types: string | undefined;
}

/** A module with all that it needs. */
const SINGLE_FORM = "single";

/** Modules of packages for pages and runtimes that have no loader. */
export class DirectModules {
  /** The module that all others import. */
  readonly runtime: RuntimeShelf;
  readonly #shelf: PackageShelf;
  readonly #programs: ImportPrograms;
  readonly #shareEntry: Share<DirectEntry>;
  readonly #shareText: Share<string>;
  readonly #shareMap: Share<DirectImportMap>;

  constructor({ store, ports }: Edge, host: Host, registry: string) {
    this.#programs = createImportPrograms(host, registry);
    this.#shareEntry = createShare(ports);
    this.#shareText = createShare(ports);
    this.#shareMap = createShare(ports);
    this.#shelf = createPackageShelf(store);
    this.runtime = new RuntimeShelf(store);
  }

  /** Where `name@range/subpath` is. @throws LoaderError of all stages */
  find(specifier: string): Promise<DirectEntry> {
    return this.#shareEntry(specifier, async () => {
      const { at, types } = await this.#find(specifier);
      return { address: printAddress(at), ...(types === undefined ? {} : { types }) };
    });
  }

  /** The same in a single file. */
  findSingle(specifier: string): Promise<DirectEntry> {
    return this.#shareEntry(`${SINGLE_FORM} ${specifier}`, () => this.#makeSingle(specifier));
  }

  /** The text of a module. @throws LoaderError ERR_MODULE_NOT_FOUND */
  async text(at: ModuleAddress): Promise<string> {
    return (await this.#known(at)) ?? this.#shareText(printAddress(at), () => this.#makeText(at));
  }

  async #makeSingle(specifier: string): Promise<DirectEntry> {
    const found = await this.#find(specifier);
    const { at, rendered, types } = found;
    const whole = { ...at, form: SINGLE_FORM };
    const closure = rendered.packages.get(at.key);
    if (closure !== undefined && (await this.#known(whole)) === undefined) {
      const mapped = { ...at, form: SINGLE_MAP_FORM };
      const { text, map } = await this.#linkSingle(found, printAddress(mapped));
      await this.#shelf.add(at.key, { ...closure, modules: { [slotOf(whole)]: text, [slotOf(mapped)]: map } });
    }
    return { address: printAddress(whole), ...(types === undefined ? {} : { types }) };
  }

  async #makeText(at: ModuleAddress): Promise<string> {
    const program = await this.#loadAt(at);
    await this.#publish(program, program.image, at);
    const made = await this.#known(at);
    if (made === undefined) throw notHere(at);
    return made;
  }

  /** The source map of a module, whose lines are those of its file. */
  async map(at: ModuleAddress): Promise<string> {
    const text = (await this.#known({ ...at, form: "" })) ?? (await this.#known({ ...at, form: "script" }));
    if (text === undefined) throw notHere(at);
    const mappings = text.replace(/[^\n]+/g, "").replaceAll("\n", ";AACA");
    const source = `${SOURCE_PREFIX}${at.key}/${encodeURI(at.path)}`;
    return JSON.stringify({ version: 3, sources: [source], names: [], mappings: `AAAA${mappings}` });
  }

  /** A file of the package as it is. */
  async file(at: ModuleAddress): Promise<Asset> {
    const asset = await (await this.#loadAt(at)).readAsset(linkUrl(at));
    if (asset === undefined) throw notHere(at);
    return asset;
  }

  /** Address of what a module means by `import(specifier)`. */
  async later(at: ModuleAddress, specifier: string, type?: string): Promise<string> {
    const program = await this.#loadAt(at);
    const part = await program.importModule(specifier, linkUrl(at), type);
    const modules = [...program.image.modules, ...part.modules];
    const rendered = await this.#publish(program, { ...part, modules }, at);
    return rendered.addressOf(part.entry);
  }

  importMap(specifiers: readonly string[]): Promise<DirectImportMap> {
    return this.#shareMap(JSON.stringify(specifiers), () => this.#makeImportMap(specifiers));
  }

  async #makeImportMap(specifiers: readonly string[]): Promise<DirectImportMap> {
    const program = await this.#programs.load(specifiers);
    const rendered = await this.#publish(program, program.image);
    const entries = importsOf(program).map((url) => rendered.addressOf(url));
    const imports = specifiers.map((specifier, index): [string, string] => [
      withoutRange(specifier),
      entries[index] ?? "",
    ]);
    const { address, text } = await this.runtime.current();
    const integrity: [string, string][] = [[address, await integrityOf(text)]];
    for (const [key, { digest, modules }] of rendered.packages) {
      for (const slot of Object.keys(modules)) {
        const [path = slot, form = ""] = slot.split("?as=", 2);
        const at = { key, digest, path, form };
        integrity.push([printAddress(at), await integrityOf((await this.#known(at)) ?? "")]);
      }
    }
    return { imports: Object.fromEntries(imports), integrity: Object.fromEntries(integrity) };
  }

  async #find(specifier: string): Promise<Found> {
    const program = await this.#programs.load([specifier]);
    const rendered = await this.#publish(program, program.image);
    const [url = ""] = importsOf(program);
    const at = rendered.placeOf(url);
    if (at === undefined) {
      const hint = "modules of Node and other addresses are not packages";
      throw new LoaderError("ERR_MODULE_NOT_FOUND", `"${specifier}" is no module of a package`, { specifier, hint });
    }
    return { program, rendered, url, at, types: await typesOf(program, specifier, url) };
  }

  /** Links the program of one module into one image, by the lockfile that it was found by. */
  async #linkSingle({ program, rendered, url, at }: Found, mapAddress: string): Promise<SingleFile> {
    const specifier = JSON.stringify(fileUrl(url));
    const isDefault = ({ url: own, code }: ImageModule): boolean => own === url && / as "default"/.test(code);
    const hasDefault = url.includes("#") || program.image.modules.some(isDefault);
    const text = `export * from ${specifier};${hasDefault ? ` export { default } from ${specifier};` : ""}`;
    const { image } = await this.#programs.loadImage(text, at.key, program.lockfile);
    return writeSingleFile(image, rendered.addressOf, mapAddress);
  }

  /** Modules that go out are those on the shelf, whatever was rendered now. */
  async #publish(program: Program, part: ImagePart, pinned?: ModuleAddress): Promise<RenderedModules> {
    const pins = new Map(pinned === undefined ? [] : [[pinned.key, pinned.digest]]);
    const { address } = await this.runtime.current();
    const rendered = await renderModules(program, part, address, pins);
    await Promise.all([...rendered.packages].map(([key, found]) => this.#shelf.add(key, found)));
    return rendered;
  }

  async #known(at: ModuleAddress): Promise<string | undefined> {
    return (await this.#shelf.read(at.key, at.digest))?.modules[slotOf(at)];
  }

  /** The program of one module of a package, with exactly the versions that its address stands for. */
  async #loadAt(at: ModuleAddress): Promise<Program> {
    const known = await this.#shelf.read(at.key, at.digest);
    const { address } = await this.runtime.current();
    // What an earlier build of the edge has not written, this one would write otherwise.
    if (known?.maker !== makerOf(address)) throw notHere(at);
    return this.#programs.loadModule(linkUrl(at), at.key, known.lockfile);
  }
}

function linkUrl({ key, path }: ModuleAddress): string {
  return packageUrl(LINK_BASE, key, encodeURI(path));
}

function fileUrl(url: string): string {
  return url.replace(/#.*$/, "");
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
