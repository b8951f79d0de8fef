import { RECORD_FLAGS } from "../../artifact/module-record.ts";
import { evaluatedFirst } from "../evaluation-order.ts";
import type { LinkedModule } from "../linked-module.ts";
import type { ImageNames } from "./choose-names.ts";
import type { ImagePlan } from "./image-plan.ts";
import type { ImageReferences } from "./image-references.ts";
import { ImageScope } from "./image-scope.ts";
import { ImageText } from "./image-text.ts";
import { accessors, functionNames } from "./own-declarations.ts";
import { instantiateWasm, runCommonjs } from "./run-module.ts";
import { quote, spliceParts } from "./splice-module.ts";

/** Writes the modules that run as functions: the first step of each makes its functions and bindings, the second runs it. */
export class WrappedModules {
  readonly #plan: ImagePlan;
  readonly #names: ImageNames;
  readonly #references: ImageReferences;

  constructor(plan: ImagePlan, names: ImageNames, references: ImageReferences) {
    this.#plan = plan;
    this.#names = names;
    this.#references = references;
  }

  emit(): ImageText {
    const text = new ImageText();
    for (const module of this.#plan.modules) {
      if (!module.wrapped) continue;
      if (module.isEsm) this.#emitEsm(module, text);
      else text.text(this.#wasm(module));
    }
    return text;
  }

  #emitEsm(module: LinkedModule, text: ImageText): void {
    const { image } = this.#plan;
    const runsHere = (dependency: LinkedModule) => !dependency.isEsm && module.targets.includes(dependency);
    const scope = new ImageScope(this.#names, runsHere);
    const body = new ImageText();
    const first = this.#references.within({ module, scope }, () => {
      spliceParts(module, image, this.#references, body);
      return this.#runFirst(module, scope);
    });
    const keyword = module.has(RECORD_FLAGS.topLevelAwait) ? "async function*" : "function*";
    const name = this.#references.wrapperName(module);
    // Its accessors belong to its own scope: inside of it they are plain names.
    text.text(`const ${name} = __raya.wrap(${quote(module.url)}, ${keyword} (own) {\n`);
    text.text(`own({ ${accessors(module, image)} });\n${functionNames(module, image)}yield;\n${scope.head}${first}`);
    text.append(body);
    text.text("});\n");
  }

  /** Runs what a module imports. */
  #runFirst(module: LinkedModule, scope: ImageScope): string {
    // What runs side by side with others has been started where it is its turn; so has all that it imports, and what is no function.
    if (module.parallel) return "";
    return importedBy(module)
      .filter((other) => !other.isEsm || other.wrapped)
      .map((other) => {
        if (other.isEsm || other.wrapped) return `__raya.evaluate(${quote(other.url)});\n`;
        if (other.record.format !== "wasm") return runCommonjs(other, scope);
        return instantiateWasm(other, this.#plan.binder, this.#references);
      })
      .join("");
  }

  /** A WebAssembly module that CommonJS requires. */
  #wasm(module: LinkedModule): string {
    const url = quote(module.url);
    const first = importedBy(module).map((dependency) =>
      dependency.isFunction
        ? `__raya.importCommonjs(${quote(dependency.url)});`
        : `__raya.evaluate(${quote(dependency.url)});`,
    );
    const body = `yield; ${first.join(" ")} ${instantiateWasm(module, this.#plan.binder, this.#references)}`;
    return `__raya.wrap(${url}, function* () { ${body} });\n__raya.adopt(${url}, __raya.wasmNamespace(${url}));\n`;
  }
}

/** What a module evaluates first, where it runs as a function. */
function importedBy(module: LinkedModule): LinkedModule[] {
  return [...new Set(evaluatedFirst(module).filter(({ live }) => live))];
}
