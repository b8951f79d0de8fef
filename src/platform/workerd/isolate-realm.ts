import type { RealmRuntime, RealmRuntimeOptions } from "../../run/realm-runtime.ts";
import type { IsolateParts } from "./isolate-parts.ts";
import type { IsolateFile, IsolateProgram } from "./isolate-program.ts";

/**
 * Creates the realm's runtime, where linked code looks for it. What a realm elsewhere asks the loader for has come with the
 * program. Reaches isolates as text, so it uses nothing from outside of itself.
 */
export function createIsolateRealm(
  parts: IsolateParts,
  program: IsolateProgram,
  readFile: (url: string) => IsolateFile | undefined,
): RealmRuntime {
  const { base, mode } = program;
  const { process } = globalThis as unknown as { process: { getBuiltinModule(name: string): unknown } };
  const failed = (error: object): Error => Object.assign(new Error(), { name: "LoaderError" }, error);

  const importModule = async (specifier: string, referrer: string, type?: string): Promise<string> => {
    const found = program.imports.find(
      (known) => known.specifier === specifier && known.referrer === referrer && known.type === type,
    );
    if (found === undefined) {
      const message = `"${specifier}" is not known at load time, so "${referrer.slice(base.length)}" cannot import it`;
      throw failed({ code: "ERR_MODULE_NOT_FOUND", message, details: { specifier, referrer } });
    }
    const { outcome } = found;
    if (!("entry" in outcome)) throw failed(outcome);
    await runtime.prepareWasm(outcome.wasm);
    for (const name of outcome.names) await program.load(name);
    return outcome.entry;
  };

  const options: RealmRuntimeOptions = {
    mode,
    base,
    importModule,
    importUrl: (url) => Promise.reject(new TypeError(`"${url}" is not part of the program`)),
    nativeBuiltin: (name) => program.builtins[name] ?? process.getBuiltinModule(`node:${name}`),
    readAsset: async (url) => {
      const file = readFile(url);
      return file && { bytes: new Uint8Array(file.bytes), type: file.type };
    },
    compiledWasm: (url) => program.compiled[url],
    // There is no document to style.
    addStyle: () => undefined,
    createStyleSheet: () => {
      const message = 'Workers have no style sheets to import with { type: "css" }';
      throw failed({ code: "ERR_EVALUATE_UNAVAILABLE", message, details: {} });
    },
  };
  const runtime = parts.createRealmRuntime(options, parts);
  Object.defineProperty(globalThis, "__raya", { value: runtime });
  return runtime;
}
