import { registerHooks } from "node:module";
import { Script } from "node:vm";
import { LoaderError } from "../../errors.ts";
import type { Image, ImageModule, Realm, RealmServices } from "../../run/image.ts";
import { createBuiltinRuntime } from "../../run/builtin-runtime.ts";
import { createNodeGlobals } from "../../run/node-globals.ts";
import { createRealmRuntime, type RealmRuntime, type RealmRuntimeOptions } from "../../run/realm-runtime.ts";
import { createLinkedRuntime } from "../../run/linked-runtime.ts";
import { createWasmRuntime } from "../../run/wasm-runtime.ts";
import { locateError, placeOf } from "./locate-error.ts";
import { REALM_SCHEME as SCHEME } from "./realm-scheme.ts";

/** Node's own `import()`, out of reach of bundlers and test runners that rewrite the one in this file. */
async function importNatively(url: string): Promise<unknown> {
  const source = "data:text/javascript,export default (url) => import(url)";
  const native = (await import(source)) as { default(url: string): Promise<unknown> };
  return native.default(url);
}

const realms = new Map<string, Map<string, string>>();
let hooked = false;
let count = 0;

/**
 * Starts an image in this process: ES modules through Node's own loader, which asks the hooks below for their text;
 * CommonJS through classic scripts.
 */
export async function evaluateInNode(image: Image, services: RealmServices): Promise<Realm> {
  installHooks();
  const realm = `${SCHEME}//${count++}/`;
  const texts = new Map<string, string>();
  realms.set(realm, texts);
  const name = `__raya${count}`;
  const options: RealmRuntimeOptions = {
    mode: image.mode,
    base: image.base,
    importModule: async (specifier, referrer, type) => {
      const part = await services.importModule(specifier, referrer, type);
      await runtime.prepareWasm(part.wasm);
      addModules(part.modules, texts, name);
      return part.entry;
    },
    importUrl: (url) => importNatively(realm + encodeURIComponent(url)),
    readAsset: (url) => services.readAsset(url),
    // There is no document to style.
    addStyle: () => undefined,
    ...(image.nodeBuiltins && { nativeBuiltin: (builtin: string) => process.getBuiltinModule(`node:${builtin}`) }),
    createStyleSheet: () => {
      throw new LoaderError("ERR_EVALUATE_UNAVAILABLE", 'Node has no style sheets to import with { type: "css" }');
    },
  };
  const runtime = createRealmRuntime(options, {
    createWasmRuntime,
    createLinkedRuntime,
    createBuiltinRuntime,
    createNodeGlobals,
  });
  (globalThis as unknown as Record<string, RealmRuntime>)[name] = runtime;
  await runtime.prepareWasm(image.wasm);
  addModules(image.modules, texts, name);
  try {
    const { namespace } = await runtime.importEntry(image.entry);
    return {
      namespace,
      dispose: () => {
        realms.delete(realm);
        Reflect.deleteProperty(globalThis, name);
      },
    };
  } catch (cause) {
    await locateError(cause, services);
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new LoaderError("ERR_EVALUATION_FAILED", `The program threw: ${message}`, placeOf(cause), cause);
  }
}

/** Each realm has a runtime of its own: linked code reaches it through a name that its first line binds. */
function addModules(modules: readonly ImageModule[], texts: Map<string, string>, name: string): void {
  const bind = `const __raya = globalThis.${name};`;
  for (const { url, kind, code } of modules) {
    if (kind === "esm") texts.set(url, bind + code);
    else new Script(`{${bind}${code}\n}`, { filename: url, columnOffset: -bind.length - 1 }).runInThisContext();
  }
}

function installHooks(): void {
  if (hooked) return;
  hooked = true;
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier.startsWith(SCHEME)) return { url: specifier, format: "module", shortCircuit: true };
      const realm = realmOf(context.parentURL);
      if (realm === undefined || realms.get(realm)?.has(specifier) !== true) return next(specifier, context);
      return { url: realm + encodeURIComponent(specifier), format: "module", shortCircuit: true };
    },
    load(url, context, next) {
      const realm = realmOf(url);
      if (realm === undefined) return next(url, context);
      const source = realms.get(realm)?.get(decodeURIComponent(url.slice(realm.length)));
      if (source === undefined)
        throw new LoaderError("ERR_MODULE_NOT_FOUND", `"${url}" is not part of the program`, { url });
      return { format: "module", source, shortCircuit: true };
    },
  });
}

function realmOf(url: string | undefined): string | undefined {
  return url === undefined ? undefined : /^raya-realm:\/\/\d+\//.exec(url)?.[0];
}
