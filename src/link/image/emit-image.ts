import { INJECTED_NAMES, RECORD_FLAGS } from "../../artifact/module-record.ts";
import { placeOf } from "../bind-error.ts";
import { waitsFor } from "../evaluation-order.ts";
import type { LinkedModule } from "../linked-module.ts";
import { ImageNames } from "./choose-names.ts";
import type { ImagePlan } from "./image-plan.ts";
import { ImageReferences } from "./image-references.ts";
import { ImageScope } from "./image-scope.ts";
import { ImageText } from "./image-text.ts";
import { accessors, functionNames } from "./own-declarations.ts";
import { instantiateWasm, runCommonjs } from "./run-module.ts";
import { quote, spliceParts } from "./splice-module.ts";
import { WrappedModules } from "./wrapped-modules.ts";

/** Names of the runtime and of its realm that an image's own must not hide. */
const RESERVED = ["__raya", "done", "Object", "arguments", "eval", "undefined"];

/** Writes the body of an image's function: every ES module of the plan in one scope; gives the entry's namespace. */
export class ImageEmitter {
  readonly #plan: ImagePlan;
  readonly #names: ImageNames;
  readonly #scope: ImageScope;
  readonly #order: ReadonlySet<LinkedModule>;
  readonly #references: ImageReferences;

  constructor(plan: ImagePlan) {
    this.#plan = plan;
    this.#order = new Set(plan.order);
    const globals = plan.modules.filter(({ isEsm }) => isEsm);
    this.#names = new ImageNames(globals, RESERVED);
    this.#scope = new ImageScope(this.#names, (module) => this.#order.has(module));
    for (const module of plan.modules) this.#names.nameSymbols(module, plan.image);
    this.#references = new ImageReferences(plan, this.#names, this.#scope);
  }

  /** Whether what it has emitted needs `DEFERRED_NAMESPACES`. */
  get defers(): boolean {
    return this.#references.defers;
  }

  emit(): ImageText {
    // What these use of CommonJS modules is declared where those run: in the body, which therefore comes last.
    const result = this.#entryNamespace();
    const namespaces = this.#emitNamespaces();
    const wrapped = new WrappedModules(this.#plan, this.#names, this.#references).emit();
    const shared = this.#plan.shared ? this.#emitShared() : "";
    const body = this.#emitBody();
    const image = new ImageText();
    image.text(this.#emitInjected() + this.#scope.head + namespaces);
    image.append(wrapped);
    const { order, entry } = this.#plan;
    const waits = order.some(({ parallel }) => parallel);
    image.text(`${shared}${this.#emitFunctionNames()}${waits ? "await __raya.ready();\n" : ""}`);
    image.append(body);
    if (waits) image.text(`await __raya.finished(${quote(entry.cycleRoot.url)});\n`);
    image.text(`return ${result};\n`);
    return image;
  }

  #emitBody(): ImageText {
    const { image, modules, order, shared } = this.#plan;
    const late = modules.filter((module) => module.isEsm && module.image !== image && !module.wrapped);
    const pieces = [...late.toSorted((a, b) => a.order - b.order), ...order].map((module) => {
      const text = new ImageText();
      if (module.parallel) text.text(emitStart(module));
      // Of a cycle the module that was met first asks for the others.
      else if (module.wrapped) text.text(`__raya.evaluate(${quote(module.cycleRoot.url)});\n`);
      else if (module.isEsm) {
        if (module.image === image) text.text(this.#emitChecks(module));
        spliceParts(module, image, this.#references, text);
      } else if (module.record.format === "wasm")
        text.text(instantiateWasm(module, this.#plan.binder, this.#references));
      return { module, text };
    });
    // What runs a CommonJS module is known when all that use it have been written.
    const body = new ImageText();
    const places = new Map(order.map((module, index) => [module, index]));
    for (const { module, text } of pieces) {
      if (module.isFunction) body.text(runCommonjs(module, this.#scope));
      body.append(text);
      const place = places.get(module);
      // What comes after one that waits runs a turn later, as when the engine goes on from its promise.
      const waits = module.has(RECORD_FLAGS.topLevelAwait) && module.isEsm && !module.parallel;
      if (waits && place !== undefined && module !== order.at(-1)) body.text("await void 0;\n");
      if (shared && place !== undefined && !module.parallel) body.text(`done(${place});\n`);
    }
    return body;
  }

  /**
   * A name that nothing in a CommonJS module's text shows, asked for by the project itself, is a mistake worth an error;
   * packages probe.
   */
  #emitChecks(module: LinkedModule): string {
    if (module.input.owner.kind !== "project") return "";
    return module.bindings
      .map((binding, symbol) => {
        if (binding?.kind !== "member" || !binding.module.isFunction || binding.name === "default") return "";
        if (this.#plan.binder.exportNames(binding.module).has(binding.name)) return "";
        const { request = 0 } = module.record.symbols[symbol] ?? {};
        const place = placeOf(module, request, binding.name).referrer;
        const given = [binding.name, binding.module.input.shownAs, place].map(quote).join(", ");
        return `__raya.need(${this.#references.scope.commonjs(binding.module)}, ${given});\n`;
      })
      .join("");
  }

  #emitShared(): string {
    const { image, modules } = this.#plan;
    const texts = modules
      .filter((module) => module.isEsm && !module.wrapped)
      .map((module) => accessors(module, image))
      .filter((text) => text !== "");
    return `__raya.share(${image}, { ${texts.join(",\n")} });\n`;
  }

  #emitNamespaces(): string {
    return this.#plan.namespaces
      .filter(({ isEsm }) => isEsm)
      .map((module) => `const ${this.#references.namespaceName(module)} = ${this.#namespaceObject(module)};\n`)
      .join("");
  }

  #namespaceObject(module: LinkedModule): string {
    const write = () => this.#namespaceGetters(module);
    // One that runs when it is required can be looked at before the body has run what it re-exports.
    const scope = new ImageScope(this.#names, () => false);
    const getters = module.wrapped ? this.#references.within({ scope }, write) : write();
    const open = this.#plan.binder.openStars(module).map(({ url }) => quote(url));
    const rest = open.length === 0 ? "" : `, [${open.join(", ")}]`;
    return `__raya.namespace(${quote(module.url)}, { ${getters} }${rest})`;
  }

  #namespaceGetters(module: LinkedModule): string {
    const { binder } = this.#plan;
    return binder
      .namespaceNames(module)
      .map((name) => {
        const { text } = this.#references.binding(binder.resolve(module, name), module);
        return `${name === "__proto__" ? `["__proto__"]` : propertyKey(name)}: () => ${text}`;
      })
      .join(", ");
  }

  #entryNamespace(): string {
    const { entry, entryNodeMode } = this.#plan;
    return this.#references.namespace(entry, entryNodeMode).text;
  }

  #emitInjected(): string {
    const used = new Set<string>();
    for (const { record, isEsm } of this.#plan.modules) {
      if (!isEsm) continue;
      for (const name of record.globals) if ((INJECTED_NAMES as readonly string[]).includes(name)) used.add(name);
    }
    return [...used]
      .toSorted()
      .map((name) => `const ${name} = __raya.globals.${name};\n`)
      .join("");
  }

  /** Before anything runs, since functions are hoisted. */
  #emitFunctionNames(): string {
    return this.#plan.modules
      .filter((module) => module.isEsm && !module.wrapped)
      .map((module) => functionNames(module, this.#plan.image))
      .join("");
  }
}

/** Starts a module when it is its turn, or when all that it waits for has finished. */
function emitStart(module: LinkedModule): string {
  const first = waitsFor(module).map(({ url }) => url);
  return `__raya.start(${quote(module.url)}, ${module.has(RECORD_FLAGS.topLevelAwait)}, ${quote(first)});\n`;
}

function propertyKey(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quote(name);
}
