import { INJECTED_NAMES, PART, PART_STRIDE, RECORD_FLAGS } from "../../artifact/module-record.ts";
import { placeOf } from "../bind-error.ts";
import type { ExportBinder } from "../bind-symbols.ts";
import { ImageNames, identifierOf } from "./choose-names.ts";
import { deferredNamespace } from "./deferred-namespace.ts";
import { evaluatedFirst, waitsFor } from "../evaluation-order.ts";
import { ImageScope } from "./image-scope.ts";
import { ImageText } from "./image-text.ts";
import type { Binding, LinkedModule } from "../linked-module.ts";
import { memberBinding } from "./reach-parts.ts";
import { quote, type Reference, shownName, type SpliceContext, spliceParts } from "./splice-module.ts";

/** What an image is made of. */
export interface ImagePlan {
  /** Number of the image in its realm, from 0. */
  readonly image: number;
  readonly entry: LinkedModule;
  /** Modules that run when the image starts, in order. */
  readonly order: readonly LinkedModule[];
  /** All modules that it has something of. */
  readonly modules: readonly LinkedModule[];
  /** Modules whose namespace objects it makes. */
  readonly namespaces: readonly LinkedModule[];
  /** Later images may refer to what this one has. */
  readonly shared: boolean;
  readonly mode: string;
  readonly binder: ExportBinder;
  /** Whether the importing side sees CommonJS as Node does. */
  readonly entryNodeMode: boolean;
}

/** Names of the runtime and of its realm that an image's own must not hide. */
const RESERVED = ["__raya", "done", "Object", "arguments", "eval", "undefined"];

/** Writes the body of an image's function: every ES module of the plan in one scope; gives the entry's namespace. */
export class ImageEmitter {
  /** Whether something that it has emitted needs `DEFERRED_NAMESPACES`. */
  defers = false;
  readonly #plan: ImagePlan;
  readonly #names: ImageNames;
  readonly #scope: ImageScope;
  readonly #order: ReadonlySet<LinkedModule>;
  /** The module that is being written, where it has a scope of its own. */
  #inside: { module?: LinkedModule; scope: ImageScope } | undefined;
  readonly #context: SpliceContext;

  constructor(plan: ImagePlan) {
    this.#plan = plan;
    this.#order = new Set(plan.order);
    const globals = plan.modules.filter(({ isEsm }) => isEsm);
    this.#names = new ImageNames(globals, RESERVED);
    this.#scope = new ImageScope(this.#names, (module) => this.#order.has(module));
    for (const module of plan.modules) this.#names.nameSymbols(module, plan.image);
    this.#context = {
      mode: plan.mode,
      plainName: (module, symbol) => this.#plainName(module, symbol),
      reference: (module, symbol) => this.#reference(module, symbol),
      member: (module, symbol, property) => this.#member(module, symbol, property),
      resolved: resolvedAddress,
    };
  }

  emit(): ImageText {
    // What these use of CommonJS modules is declared where those run: in the body, which therefore comes last.
    const result = this.#entryNamespace();
    const namespaces = this.#emitNamespaces();
    const wrapped = this.#emitWrapped();
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
        spliceParts(module, image, this.#context, text);
      } else if (module.record.format === "wasm") text.text(this.#instantiate(module));
      return { module, text };
    });
    // What runs a CommonJS module is known when all that use it have been written.
    const body = new ImageText();
    const places = new Map(order.map((module, index) => [module, index]));
    for (const { module, text } of pieces) {
      if (module.isFunction) body.text(this.#runCommonjs(module, this.#scope));
      body.append(text);
      // What comes after one that waits runs a turn later, as when the engine goes on from its promise.
      if (module.has(RECORD_FLAGS.topLevelAwait) && module.isEsm && !module.parallel && module !== order.at(-1))
        body.text("await void 0;\n");
      const place = places.get(module);
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
        return `__raya.need(${this.#current.commonjs(binding.module)}, ${given});\n`;
      })
      .join("");
  }

  #runCommonjs(module: LinkedModule, scope: ImageScope): string {
    const placed = scope.placed(module);
    return placed === "" ? `__raya.importCommonjs(${quote(module.url)});\n` : placed;
  }

  #instantiate(module: LinkedModule): string {
    const imports = (module.record.wasm?.imports ?? []).map(({ module: specifier, name }) => {
      const request = module.record.requests.findIndex((candidate) => candidate.specifier === specifier);
      const target = module.targets[request];
      if (target === undefined) return "undefined";
      const binding = this.#plan.binder.resolve(target, name);
      if (binding.kind === "member" && binding.module.record.format === "wasm")
        return `() => __raya.wasmObject(${quote(binding.module.url)}, ${quote(binding.name)})`;
      return `() => ${this.#bindingReference(binding, module).text}`;
    });
    const isLarge = module.has(RECORD_FLAGS.topLevelAwait);
    const call = isLarge ? "await __raya.instantiateLargeWasm" : "__raya.instantiateWasm";
    return `${call}(${quote(module.url)}, [${imports.join(", ")}]);\n`;
  }

  /** Modules that run as functions: the first step makes their functions and bindings, the second runs them. */
  #emitWrapped(): ImageText {
    const text = new ImageText();
    for (const module of this.#plan.modules) {
      if (!module.wrapped) continue;
      if (module.isEsm) this.#emitWrapper(module, text);
      else text.text(this.#wrapWasm(module));
    }
    return text;
  }

  #emitWrapper(module: LinkedModule, text: ImageText): void {
    const { image } = this.#plan;
    const scope = new ImageScope(this.#names, (dependency) => !dependency.isEsm && module.targets.includes(dependency));
    this.#inside = { module, scope };
    const body = new ImageText();
    spliceParts(module, image, this.#context, body);
    const own = this.#accessors(module, image);
    // What runs side by side with others has been started where it is its turn; so has all that it imports, and what is no function.
    const imported = module.parallel ? [] : dependencies(module).filter((other) => !other.isEsm || other.wrapped);
    const first = imported.map((dependency) =>
      dependency.isEsm || dependency.wrapped
        ? `__raya.evaluate(${quote(dependency.url)});\n`
        : dependency.record.format === "wasm"
          ? this.#instantiate(dependency)
          : this.#runCommonjs(dependency, scope),
    );
    this.#inside = undefined;
    const keyword = module.has(RECORD_FLAGS.topLevelAwait) ? "async function*" : "function*";
    // Its accessors belong to its own scope: inside of it they are plain names.
    text.text(`const ${this.#wrapperName(module)} = __raya.wrap(${quote(module.url)}, ${keyword} (own) {\n`);
    text.text(`own({ ${own} });\nyield;\n${scope.head}${this.#ownNames(module)}${first.join("")}`);
    text.append(body);
    text.text("});\n");
  }

  /** A WebAssembly module that CommonJS requires. */
  #wrapWasm(module: LinkedModule): string {
    const url = quote(module.url);
    const first = dependencies(module).map((dependency) =>
      dependency.isFunction
        ? `__raya.importCommonjs(${quote(dependency.url)});`
        : `__raya.evaluate(${quote(dependency.url)});`,
    );
    const body = `yield; ${first.join(" ")} ${this.#instantiate(module)}`;
    return `__raya.wrap(${url}, function* () { ${body} });\n__raya.adopt(${url}, __raya.wasmNamespace(${url}));\n`;
  }

  readonly #wrappers = new Map<LinkedModule, string>();

  #wrapperName(module: LinkedModule): string {
    const known = this.#wrappers.get(module);
    if (known !== undefined) return known;
    const name = this.#names.fresh(identifierOf(module.url));
    this.#wrappers.set(module, name);
    return name;
  }

  /** Getters, and setters for what is assigned, of all that an image has of a module. */
  #accessors(module: LinkedModule, image: number): string {
    const accessors: string[] = [];
    for (const [symbol, name] of module.names.entries()) {
      if (name === undefined || module.symbolImage[symbol] !== image) continue;
      accessors.push(`get ${name}() { return ${name}; }`);
      if ((module.flagsOf(symbol) & ASSIGNED) !== 0) accessors.push(`set ${name}(value) { ${name} = value; }`);
    }
    return accessors.join(", ");
  }

  #emitShared(): string {
    const { image, modules } = this.#plan;
    const accessors = modules
      .filter((module) => module.isEsm && !module.wrapped)
      .map((module) => this.#accessors(module, image))
      .filter((text) => text !== "");
    return `__raya.share(${image}, { ${accessors.join(",\n")} });\n`;
  }

  #emitNamespaces(): string {
    return this.#plan.namespaces
      .filter(({ isEsm }) => isEsm)
      .map((module) => `const ${this.#namespaceName(module)} = ${this.#namespaceObject(module)};\n`)
      .join("");
  }

  readonly #namespaceNames = new Map<LinkedModule, string>();

  #namespaceName(module: LinkedModule): string {
    const known = this.#namespaceNames.get(module);
    if (known !== undefined) return known;
    const name = this.#names.fresh(`${identifierOf(module.url)}_namespace`);
    this.#namespaceNames.set(module, name);
    return name;
  }

  #namespaceObject(module: LinkedModule): string {
    const { binder } = this.#plan;
    // One that runs when it is required can be looked at before the body has run what it re-exports.
    if (module.wrapped) this.#inside = { scope: new ImageScope(this.#names, () => false) };
    const getters = binder.namespaceNames(module).map((name) => {
      const { text } = this.#bindingReference(binder.resolve(module, name), module);
      return `${name === "__proto__" ? `["__proto__"]` : propertyKey(name)}: () => ${text}`;
    });
    this.#inside = undefined;
    const open = binder.openStars(module).map(({ url }) => quote(url));
    const rest = open.length === 0 ? "" : `, [${open.join(", ")}]`;
    return `__raya.namespace(${quote(module.url)}, { ${getters.join(", ")} }${rest})`;
  }

  #entryNamespace(): string {
    const { entry, entryNodeMode } = this.#plan;
    return this.#namespaceReference(entry, entryNodeMode).text;
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

  /** Functions that got another name keep their `name`; before anything runs, since they are hoisted. */
  #emitFunctionNames(): string {
    return this.#plan.modules
      .filter((module) => module.isEsm && !module.wrapped)
      .map((module) => this.#ownNames(module))
      .join("");
  }

  #ownNames(module: LinkedModule): string {
    const { image } = this.#plan;
    const { parts, declares } = module.record;
    const calls: string[] = [];
    for (let part = 0, at = 0, offset = 0; offset < parts.length; part++, offset += PART_STRIDE) {
      const end = parts[offset + PART.declaresEnd] ?? 0;
      for (; at < end; at++) {
        const symbol = declares[at] ?? 0;
        if (module.partImage[part] !== image || module.kindOf(symbol) !== "function") continue;
        const shown = shownName(module, symbol);
        const name = module.names[symbol];
        if (name !== undefined && name !== shown) calls.push(`__raya.name(${name}, ${quote(shown)});\n`);
      }
    }
    return calls.join("");
  }

  /** Of most symbols: those of modules that share the scope of this image. */
  #plainName(module: LinkedModule, symbol: number): string | undefined {
    const binding = module.bindings[symbol];
    if (binding !== undefined && binding.kind !== "symbol") return undefined;
    const home = binding === undefined ? module : binding.module;
    if (home.wrapped) return undefined;
    const canonical = home.canonical(binding === undefined ? symbol : binding.symbol);
    return home.symbolImage[canonical] === this.#plan.image ? home.names[canonical] : undefined;
  }

  #reference(module: LinkedModule, symbol: number): Reference {
    const binding = module.bindings[symbol];
    if (binding !== undefined) return this.#bindingReference(binding, module);
    return this.#symbolReference(module, module.canonical(symbol));
  }

  #member(module: LinkedModule, symbol: number, property: string): Reference | undefined {
    const own = module.bindings[symbol];
    if (own?.kind !== "namespace") return undefined;
    const found = memberBinding(module, symbol, property, this.#plan.binder);
    return found === own ? undefined : this.#bindingReference(found, module);
  }

  #bindingReference(binding: Binding, from: LinkedModule): Reference {
    switch (binding.kind) {
      case "symbol":
        return this.#symbolReference(binding.module, binding.module.canonical(binding.symbol));
      case "namespace":
        return this.#namespaceReference(binding.module, from.input.nodeMode);
      case "deferred": {
        this.defers = true;
        const value = deferredNamespace(binding.module, from.input.nodeMode);
        return { text: this.#scope.constant(value, `${identifierOf(binding.module.url)}_deferred`), isMember: false };
      }
      case "member":
        return this.#memberReference(binding.module, binding.name, from.input.nodeMode);
      default:
        return { text: "undefined", isMember: false };
    }
  }

  #symbolReference(module: LinkedModule, symbol: number): Reference {
    const name = module.names[symbol] ?? module.nameOf(symbol);
    const home = module.symbolImage[symbol] ?? -1;
    if (home !== this.#plan.image && home !== -1) {
      const value = module.wrapped ? `__raya.wrapped(${quote(module.url)})` : `__raya.shared(${home})`;
      return {
        text: `${this.#scope.constant(value, module.wrapped ? identifierOf(module.url) : "image")}.${name}`,
        isMember: true,
      };
    }
    if (module.wrapped && this.#inside?.module !== module)
      return { text: `${this.#wrapperName(module)}.${name}`, isMember: true };
    return { text: name, isMember: false };
  }

  #namespaceReference(module: LinkedModule, nodeMode: boolean): Reference {
    if (module.record.format === "wasm") return { text: this.#wasmNamespace(module), isMember: false };
    if (!module.isEsm) return { text: this.#current.commonjsNamespace(module, nodeMode), isMember: false };
    if (module.namespaceImage === this.#plan.image) return { text: this.#namespaceName(module), isMember: false };
    return { text: this.#scope.constant(`__raya.namespace(${quote(module.url)})`, "namespace"), isMember: false };
  }

  #memberReference(module: LinkedModule, name: string, nodeMode: boolean): Reference {
    if (module.record.format === "wasm") return { text: this.#wasmNamespace(module) + access(name), isMember: true };
    if (name === "default") return { text: this.#current.commonjsDefault(module, nodeMode), isMember: false };
    return { text: this.#current.commonjs(module) + access(name), isMember: true };
  }

  #wasmNamespace(module: LinkedModule): string {
    return this.#scope.constant(`__raya.wasmNamespace(${quote(module.url)})`, identifierOf(module.url));
  }

  get #current(): ImageScope {
    return this.#inside?.scope ?? this.#scope;
  }
}

const ASSIGNED = 1;

/** Starts a module when it is its turn, or when all that it waits for has finished. */
function emitStart(module: LinkedModule): string {
  const first = waitsFor(module).map(({ url }) => url);
  return `__raya.start(${quote(module.url)}, ${module.has(RECORD_FLAGS.topLevelAwait)}, ${quote(first)});\n`;
}

/** What a module evaluates first, where it runs as a function. */
function dependencies(module: LinkedModule): LinkedModule[] {
  return [...new Set(evaluatedFirst(module).filter(({ live }) => live))];
}

/** The address that `import.meta.resolve("x")` gives. */
export function resolvedAddress(module: LinkedModule, request: number): string {
  const target = module.input.targets[request];
  if (target?.kind === "address") return quote(target.url);
  if (target?.kind === "failed") return `__raya.fail(${quote(JSON.stringify(target.error.toJSON()))})`;
  return `__raya.meta(${quote(module.url)}).resolve(${quote(module.record.requests[request]?.specifier ?? "")})`;
}

function propertyKey(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quote(name);
}

function access(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${quote(name)}]`;
}
