import { type ImageNames, identifierOf } from "./choose-names.ts";
import type { LinkedModule } from "../linked-module.ts";
import { quote } from "./splice-module.ts";

/**
 * Constants that a scope of an image needs beside its modules' own bindings: what CommonJS and WebAssembly modules
 * export, namespace objects, bindings of earlier images. Each is declared once, and only if something uses it.
 */
export class ImageScope {
  readonly #names: ImageNames;
  readonly #declared = new Map<string, string>();
  /** Declarations that stand where a module runs. */
  readonly #placed = new Map<LinkedModule, string[]>();
  readonly #head: string[] = [];
  /** Whether a module runs as part of this scope. */
  readonly #runsHere: (module: LinkedModule) => boolean;

  constructor(names: ImageNames, runsHere: (module: LinkedModule) => boolean) {
    this.#names = names;
    this.#runsHere = runsHere;
  }

  /** Declarations for the beginning of the scope. */
  get head(): string {
    return this.#head.join("");
  }

  /** Declarations that need `module` to have run. */
  placed(module: LinkedModule): string {
    return (this.#placed.get(module) ?? []).join("");
  }

  /** A constant at the beginning of the scope. */
  constant(value: string, base: string): string {
    return this.#declare(value, base, this.#head);
  }

  /** What a CommonJS module exports, as an object to read names from. */
  commonjs(module: LinkedModule): string {
    return this.#ofModule(module, `__raya.importCommonjs(${quote(module.url)})`, "");
  }

  /** What `import x from` a CommonJS module gives. */
  commonjsDefault(module: LinkedModule, nodeMode: boolean): string {
    return this.#ofModule(module, `__raya.importDefault(${quote(module.url)}, ${nodeMode})`, "_default");
  }

  /** What `import * as x from` a CommonJS module gives. */
  commonjsNamespace(module: LinkedModule, nodeMode: boolean): string {
    return this.#ofModule(module, `__raya.namespaceOf(${quote(module.url)}, ${nodeMode})`, "_namespace");
  }

  #ofModule(module: LinkedModule, value: string, suffix: string): string {
    if (this.#runsHere(module)) {
      let placed = this.#placed.get(module);
      if (placed === undefined) this.#placed.set(module, (placed = []));
      return this.#declare(value, identifierOf(module.url) + suffix, placed);
    }
    // It runs when it is asked for. In parentheses: what follows a `new` is the value, not the call.
    return `(${value})`;
  }

  #declare(value: string, base: string, into: string[]): string {
    const known = this.#declared.get(value);
    if (known !== undefined) return known;
    const name = this.#names.fresh(base);
    this.#declared.set(value, name);
    into.push(`const ${name} = ${value};\n`);
    return name;
  }
}
