import { RECORD_FLAGS } from "../../artifact/module-record.ts";
import { BoundModules } from "../bound-modules.ts";
import { emitCommonjs } from "./emit-commonjs.ts";
import { DEFERRED_NAMESPACES } from "./deferred-namespace.ts";
import { ImageEmitter } from "./emit-image.ts";
import { evaluatedFirst, evaluationOrder, isSequential, markAsync, markTainted } from "../evaluation-order.ts";
import { ImageText } from "./image-text.ts";
import type { LinkedModule } from "../linked-module.ts";
import { wasmUrls } from "../wasm-urls.ts";
import type { GraphModule } from "../module-graph.ts";
import { PartReacher } from "./reach-parts.ts";

/** What a link makes. */
export interface LinkedImage {
  /** Statements that register the CommonJS modules whose text is sloppy; undefined where there are none. */
  readonly sloppy: ImageText | undefined;
  /** Those that register the others: strict ones, JSON, CSS. */
  readonly script: ImageText;
  /** The body of a strict function; returns the entry's namespace. */
  readonly code: ImageText;
  /** What its entry exports. */
  readonly exports: readonly string[];
  /** Whether that function waits. */
  readonly async: boolean;
  /**
   * URLs of its modules, where it tells how far it is: each with the number with which it calls its parameter `done` when
   * the module, and the cycle it is in, have run.
   */
  readonly places: Readonly<Record<string, number>>;
  /** URLs of modules of earlier images that have to have run before. */
  readonly needs: readonly string[];
  /** URLs of WebAssembly modules that are new with it: to be compiled before it starts. */
  readonly wasm: readonly string[];
}

/**
 * Links modules into images for one realm, without parsing. The first image has what its entry reaches; those after it,
 * made by an `import()` at run time, have what is still missing, and share everything else.
 */
export class ImageLinker {
  readonly #mode: string;
  readonly #modules = new BoundModules();
  #images = 0;
  #order = 0;

  constructor(mode: string) {
    this.#mode = mode;
  }

  /**
   * Takes modules in, with everything that they import.
   * @throws LoaderError ERR_EXPORT_NOT_FOUND, ERR_AMBIGUOUS_EXPORT
   */
  add(modules: Iterable<GraphModule>): void {
    this.#modules.add(modules);
  }

  /**
   * Links what `url` needs and no image of the realm has yet. With `shared`, later images may follow even if nothing in
   * this one imports at run time.
   */
  link(url: string, options: { shared: boolean; nodeMode: boolean }): LinkedImage {
    const entry = this.#modules.get(url);
    if (entry === undefined) throw new TypeError(`"${url}" has not been added`);
    const image = this.#images++;
    const { reacher, running, shared } = this.#reach(entry, image, options.shared);
    const modules = [...reacher.touched].toSorted((a, b) => a.index - b.index);
    for (const module of reacher.namespaces) if (module.isEsm) module.namespaceImage = image;
    const emitter = new ImageEmitter({
      image,
      entry,
      order: running,
      modules,
      namespaces: [...reacher.namespaces],
      shared,
      mode: this.#mode,
      binder: this.#modules.binder,
      entryNodeMode: options.nodeMode,
    });
    const functions = modules.filter(({ isFunction }) => isFunction);
    const sloppy = functions.filter(isSloppy);
    const register = (registered: readonly LinkedModule[]): ImageText => {
      const text = new ImageText();
      emitCommonjs(registered, this.#mode, text);
      return text;
    };
    const code = emitter.emit();
    const script = register(functions.filter((module) => !isSloppy(module)));
    if (emitter.defers) script.text(DEFERRED_NAMESPACES);
    return {
      sloppy: sloppy.length === 0 ? undefined : register(sloppy),
      script,
      code,
      exports: this.#modules.binder.namespaceNames(entry),
      places: shared ? placesOf(running) : {},
      needs: neededBefore(entry, running, image),
      async: running.some((module) => module.async),
      wasm: wasmUrls(modules),
    };
  }

  /** Decides what the image has, and in which order it runs. */
  #reach(entry: LinkedModule, image: number, wantsShared: boolean) {
    const order = this.#evaluationOrder(entry);
    const reacher = new PartReacher(this.#modules.binder, this.#mode, image);
    reacher.reachEntry(entry);
    this.#wrap(reacher);
    const shared = wantsShared || reacher.importsLater || image > 0;
    if (shared) {
      reacher.reachTimely();
      this.#wrap(reacher);
    }
    const running = order.filter((module) => module.live);
    for (const module of running) module.ran = true;
    for (const module of running) if (module.has(RECORD_FLAGS.disposes)) this.#wrapAlone(module, reacher);
    const waits = running.some(({ wrapped, async }) => wrapped && async);
    if (waits || !isSequential(running)) this.#runSideBySide(running, reacher);
    return { reacher, running, shared };
  }

  #evaluationOrder(entry: LinkedModule): LinkedModule[] {
    // CommonJS runs where it is imported; if it has run already, its exports are what is wanted.
    const order = evaluationOrder(entry, (module) => module.ran && !module.isFunction);
    for (const module of order) if (module.order === -1) module.order = this.#order++;
    markTainted(order);
    markAsync(order);
    return order;
  }

  /** Modules that wait, where more than one can wait at a time, become functions that the realm schedules. */
  #runSideBySide(running: readonly LinkedModule[], reacher: PartReacher): void {
    for (const module of running) {
      if (!module.async || !module.isEsm) continue;
      module.wrapped = true;
      module.parallel = true;
      reacher.reachWhole(module);
    }
  }

  /** What a module disposes of when it has run needs a function that ends then. */
  #wrapAlone(module: LinkedModule, reacher: PartReacher): void {
    module.wrapped = true;
    reacher.reachWhole(module);
  }

  /** ES modules that CommonJS requires, or that are deferred, run when they are asked for, and so does all that they import. */
  #wrap(reacher: PartReacher): void {
    for (const required of reacher.required) {
      for (const module of this.#evaluationOrder(required)) {
        if (module.isFunction) continue;
        module.wrapped = true;
        reacher.reachWhole(module);
      }
    }
  }
}

function isSloppy({ record, input }: LinkedModule): boolean {
  return record.format === "commonjs" && (record.flags & RECORD_FLAGS.strict) === 0 && input.owner.kind !== "builtin";
}

function placesOf(running: readonly LinkedModule[]): Record<string, number> {
  const indices = new Map(running.map((module, index) => [module, index]));
  return Object.fromEntries(
    running.map((module, index) => [module.url, indices.get(module.cycleRoot) ?? index] as const),
  );
}

/** URLs of modules of earlier images that the modules of an image import, or that its entry is; of a cycle, that of its root. */
function neededBefore(entry: LinkedModule, running: readonly LinkedModule[], image: number): string[] {
  if (image === 0) return [];
  const needed = new Set([entry]);
  for (const module of running) for (const dependency of evaluatedFirst(module)) needed.add(dependency);
  for (const module of running) needed.delete(module);
  return [...needed]
    .filter((module) => module.isEsm && module.image !== -1 && module.image !== image)
    .map(({ cycleRoot }) => cycleRoot.url);
}
