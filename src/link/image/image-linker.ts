import { RECORD_FLAGS } from "../../artifact/module-record.ts";
import { bindError } from "./bind-error.ts";
import { ExportBinder } from "./bind-symbols.ts";
import { emitCommonjs } from "./emit-commonjs.ts";
import { ImageEmitter } from "./emit-image.ts";
import { evaluationOrder, markTainted } from "./evaluation-order.ts";
import type { ImageText } from "./image-text.ts";
import { type LinkInput, LinkedModule } from "./linked-module.ts";
import { PartReacher } from "./reach-parts.ts";

/** What a link makes. */
export interface LinkedImage {
  /** A classic script that registers the CommonJS modules; empty where there are none. */
  readonly script: ImageText;
  /** An ES module without imports; its export `*` is the entry's namespace. */
  readonly code: ImageText;
  /** URLs of WebAssembly modules that are new with it: to be compiled before it starts. */
  readonly wasm: readonly string[];
}

/**
 * Links modules into images for one realm, without parsing. The first image has what its entry reaches; those after it,
 * made by an `import()` at run time, have what is still missing, and share everything else.
 */
export class ImageLinker {
  readonly #mode: string;
  readonly #modules = new Map<string, LinkedModule>();
  readonly #binder = new ExportBinder();
  #images = 0;
  #order = 0;

  constructor(mode: string) {
    this.#mode = mode;
  }

  /**
   * Takes modules in, with everything that they import; binds their imports.
   * @throws LoaderError ERR_EXPORT_NOT_FOUND, ERR_AMBIGUOUS_EXPORT
   */
  add(inputs: readonly LinkInput[]): void {
    const added = inputs.filter(({ url }) => !this.#modules.has(url));
    const modules = added.map((input, index) => new LinkedModule(input, this.#modules.size + index));
    for (const module of modules) this.#modules.set(module.url, module);
    try {
      for (const module of modules) this.#connect(module);
      for (const module of modules) if (module.isEsm) this.#bind(module);
    } catch (error) {
      for (const { url } of modules) this.#modules.delete(url);
      throw error;
    }
  }

  #connect(module: LinkedModule): void {
    for (const target of module.input.targets) {
      module.targets.push(target.kind === "module" ? this.#modules.get(target.url) : undefined);
    }
  }

  /** Every import is checked, used or not, before anything runs. */
  #bind(module: LinkedModule): void {
    const { symbols, reexports } = module.record;
    for (const [symbol, { kind, request, imported }] of symbols.entries()) {
      if (request === undefined || (kind !== "import" && kind !== "namespace")) continue;
      module.bindings[symbol] = this.#bindImport(module, request, kind === "namespace" ? "*" : (imported ?? "default"));
    }
    for (const { request, imported } of reexports) this.#bindImport(module, request, imported);
  }

  #bindImport(module: LinkedModule, request: number, imported: string) {
    const target = module.targets[request];
    if (target === undefined) return { kind: "missing" } as const;
    const binding = this.#binder.resolveImported(target, imported);
    if (binding.kind === "missing" || binding.kind === "ambiguous")
      throw bindError(module, request, imported, binding.kind, this.#binder);
    return binding;
  }

  /**
   * Links what `url` needs and no image of the realm has yet. With `shared`, later images may follow even if nothing in
   * this one imports at run time.
   */
  link(url: string, options: { shared: boolean; nodeMode: boolean }): LinkedImage {
    const entry = this.#modules.get(url);
    if (entry === undefined) throw new TypeError(`"${url}" has not been added`);
    const image = this.#images++;
    const order = this.#evaluationOrder(entry, image);
    const reacher = new PartReacher(this.#binder, this.#mode, image);
    reacher.reachEntry(entry);
    this.#wrap(reacher, image);
    const modules = [...reacher.touched].toSorted((a, b) => a.index - b.index);
    for (const module of reacher.namespaces) if (module.isEsm) module.namespaceImage = image;
    const emitter = new ImageEmitter({
      image,
      entry,
      order: order.filter((module) => module.live && module.image === image),
      modules,
      namespaces: [...reacher.namespaces],
      shared: options.shared || reacher.importsLater || image > 0,
      mode: this.#mode,
      binder: this.#binder,
      entryNodeMode: options.nodeMode,
    });
    const functions = modules.filter((module) => !module.isEsm && module.record.format !== "wasm");
    return {
      script: emitCommonjs(functions, this.#mode),
      code: emitter.emit(),
      wasm: modules.filter(({ record }) => record.format === "wasm").map((module) => module.url),
    };
  }

  #evaluationOrder(entry: LinkedModule, image: number): LinkedModule[] {
    const order = evaluationOrder(entry, (module) => module.image !== -1 && module.image !== image);
    for (const module of order) if (module.order === -1) module.order = this.#order++;
    markTainted(order);
    return order;
  }

  /** ES modules that CommonJS requires run when they are required, and so does all that they import. */
  #wrap(reacher: PartReacher, image: number): void {
    for (const required of reacher.required) {
      for (const module of this.#evaluationOrder(required, image)) {
        if (!module.isEsm) continue;
        module.wrapped = true;
        reacher.reachWhole(module);
      }
    }
  }
}

/** Whether the modules can share one scope: a direct `eval` sees every name there is; what is not analysed has no relocations. */
export function canLink(modules: readonly LinkInput[]): boolean {
  return modules.every(({ record }) => {
    const { format, flags } = record;
    return format !== "esm" || (flags & (RECORD_FLAGS.directEval | RECORD_FLAGS.whole)) === 0;
  });
}
