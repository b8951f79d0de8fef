import type { ExportBinder } from "../bind-symbols.ts";
import type { Binding, LinkedModule } from "../linked-module.ts";
import { type ImageNames, identifierOf } from "./choose-names.ts";
import { deferredNamespace } from "./deferred-namespace.ts";
import type { ImagePlan } from "./image-plan.ts";
import type { ImageScope } from "./image-scope.ts";
import { memberBinding } from "./part-effects.ts";
import { resolvedAddress } from "./resolved-address.ts";
import { quote, type Reference, type SpliceContext } from "./splice-module.ts";

/** A scope that is being written inside of an image's own, and the module that it belongs to, if it is one's. */
interface InnerScope {
  readonly scope: ImageScope;
  readonly module?: LinkedModule;
}

/** What the code of an image says for a binding: a name of its own scope, or how to get at it where that is elsewhere. */
export class ImageReferences implements SpliceContext {
  /** Whether something that has been written needs `DEFERRED_NAMESPACES`. */
  defers = false;
  readonly mode: string;
  readonly resolved = resolvedAddress;
  readonly #image: number;
  readonly #binder: ExportBinder;
  readonly #names: ImageNames;
  /** That of the whole image. */
  readonly #whole: ImageScope;
  #inside: InnerScope | undefined;
  readonly #wrappers = new Map<LinkedModule, string>();
  readonly #namespaceNames = new Map<LinkedModule, string>();

  constructor({ image, mode, binder }: ImagePlan, names: ImageNames, whole: ImageScope) {
    this.#image = image;
    this.mode = mode;
    this.#binder = binder;
    this.#names = names;
    this.#whole = whole;
  }

  /** The scope that is being written. */
  get scope(): ImageScope {
    return this.#inside?.scope ?? this.#whole;
  }

  /** What `write` makes, all of which stands inside of `inner`. */
  within<Result>(inner: InnerScope, write: () => Result): Result {
    this.#inside = inner;
    const result = write();
    this.#inside = undefined;
    return result;
  }

  /** Of most symbols: those of modules that share the scope of this image. */
  plainName(module: LinkedModule, symbol: number): string | undefined {
    const binding = module.bindings[symbol];
    if (binding !== undefined && binding.kind !== "symbol") return undefined;
    const home = binding === undefined ? module : binding.module;
    if (home.wrapped) return undefined;
    const canonical = home.canonical(binding === undefined ? symbol : binding.symbol);
    return home.symbolImage[canonical] === this.#image ? home.names[canonical] : undefined;
  }

  reference(module: LinkedModule, symbol: number): Reference {
    const binding = module.bindings[symbol];
    if (binding !== undefined) return this.binding(binding, module);
    return this.#symbolReference(module, module.canonical(symbol));
  }

  member(module: LinkedModule, symbol: number, property: string): Reference | undefined {
    const own = module.bindings[symbol];
    if (own?.kind !== "namespace") return undefined;
    const found = memberBinding(module, symbol, property, this.#binder);
    return found === own ? undefined : this.binding(found, module);
  }

  /** What stands for `binding` where `from` refers to it. */
  binding(binding: Binding, from: LinkedModule): Reference {
    switch (binding.kind) {
      case "symbol":
        return this.#symbolReference(binding.module, binding.module.canonical(binding.symbol));
      case "namespace":
        return this.namespace(binding.module, from.input.nodeMode);
      case "deferred": {
        this.defers = true;
        const value = deferredNamespace(binding.module, from.input.nodeMode);
        return { text: this.#whole.constant(value, `${identifierOf(binding.module.url)}_deferred`), isMember: false };
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
    if (home !== this.#image && home !== -1) {
      const value = module.wrapped ? `__raya.wrapped(${quote(module.url)})` : `__raya.shared(${home})`;
      return {
        text: `${this.#whole.constant(value, module.wrapped ? identifierOf(module.url) : "image")}.${name}`,
        isMember: true,
      };
    }
    if (module.wrapped && this.#inside?.module !== module)
      return { text: `${this.wrapperName(module)}.${name}`, isMember: true };
    return { text: name, isMember: false };
  }

  /** What stands for the namespace of a module. */
  namespace(module: LinkedModule, nodeMode: boolean): Reference {
    if (module.record.format === "wasm") return { text: this.#wasmNamespace(module), isMember: false };
    if (!module.isEsm) return { text: this.scope.commonjsNamespace(module, nodeMode), isMember: false };
    if (module.namespaceImage === this.#image) return { text: this.namespaceName(module), isMember: false };
    return { text: this.#whole.constant(`__raya.namespace(${quote(module.url)})`, "namespace"), isMember: false };
  }

  #memberReference(module: LinkedModule, name: string, nodeMode: boolean): Reference {
    if (module.record.format === "wasm") return { text: this.#wasmNamespace(module) + access(name), isMember: true };
    if (name === "default") return { text: this.scope.commonjsDefault(module, nodeMode), isMember: false };
    return { text: this.scope.commonjs(module) + access(name), isMember: true };
  }

  #wasmNamespace(module: LinkedModule): string {
    return this.#whole.constant(`__raya.wasmNamespace(${quote(module.url)})`, identifierOf(module.url));
  }

  /** Of the function of a module that runs as one. */
  wrapperName(module: LinkedModule): string {
    const known = this.#wrappers.get(module);
    if (known !== undefined) return known;
    const name = this.#names.fresh(identifierOf(module.url));
    this.#wrappers.set(module, name);
    return name;
  }

  /** Of a namespace object that the image makes. */
  namespaceName(module: LinkedModule): string {
    const known = this.#namespaceNames.get(module);
    if (known !== undefined) return known;
    const name = this.#names.fresh(`${identifierOf(module.url)}_namespace`);
    this.#namespaceNames.set(module, name);
    return name;
  }
}

function access(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${quote(name)}]`;
}
