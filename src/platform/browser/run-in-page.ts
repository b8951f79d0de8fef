import { LoaderError } from "../../errors.ts";
import { createBuiltinRuntime } from "../../run/builtin-runtime.ts";
import type { Image, ImageModule, Realm, RealmServices } from "../../run/image.ts";
import { createLinkedRuntime } from "../../run/linked-runtime.ts";
import { createNodeGlobals } from "../../run/node-globals.ts";
import { createRealmRuntime, type RealmRuntime } from "../../run/realm-runtime.ts";
import { createWasmRuntime } from "../../run/wasm-runtime.ts";
import { createDocumentModules } from "./document-modules.ts";

const PARTS = { createWasmRuntime, createLinkedRuntime, createBuiltinRuntime, createNodeGlobals };

let count = 0;
/** URLs of native modules that the document has: an import map's entries cannot be changed. */
const native = new Set<string>();

/** What runs, and what answers it. */
export interface PageOptions {
  readonly image: Image;
  readonly services: RealmServices;
}

/**
 * Runs an image in the page itself, as its own scripts run: with its document, storage and origin. For programs that the
 * page trusts; others get a frame (`runInFrame`). Nothing of the page is replaced: what the program fetches, and workers that it
 * makes of its own files, are asked for at their URLs under the image's base, where an edge serves files of packages.
 * Gives the entry's namespace.
 * @throws LoaderError ERR_EVALUATION_FAILED where the program threw, `cause` being what (`services.locate` translates its
 * stack); ERR_EVALUATE_UNAVAILABLE
 */
export async function runInPage({ image, services }: PageOptions): Promise<Realm> {
  const name = `__raya${count++}`;
  const { addModules, addStyle, createStyleSheet, showRunningScript } = createDocumentModules(`const __raya=${name};`);
  const { mode, base, modules, wasm, entry } = image;
  const add = (added: readonly ImageModule[]): void => {
    claimNative(added);
    addModules(added);
  };
  const runtime: RealmRuntime = createRealmRuntime(
    {
      mode,
      base,
      addStyle,
      createStyleSheet,
      readAsset: (url) => services.readAsset(url),
      importUrl: (url) => import(/* @vite-ignore */ url),
      importModule: async (specifier, referrer, type) => {
        const part = await services.importModule(specifier, referrer, type);
        await runtime.prepareWasm(part.wasm);
        add(part.modules);
        return part.entry;
      },
    },
    PARTS,
  );
  Object.defineProperty(globalThis, name, { value: runtime, configurable: true });
  showRunningScript(() => runtime.runningScript());
  await runtime.prepareWasm(wasm);
  add(modules);
  try {
    const { namespace } = await runtime.importEntry(entry);
    return { namespace, dispose: () => Reflect.deleteProperty(globalThis, name) };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new LoaderError("ERR_EVALUATION_FAILED", `The program threw: ${message}`, {}, cause);
  }
}

function claimNative(modules: readonly ImageModule[]): void {
  for (const { url, kind } of modules) {
    if (kind !== "esm") continue;
    if (native.has(url)) {
      const message = `"${url}" has to be a module of its own, and another program of this page has it already`;
      const hint = "run one of the two in a frame";
      throw new LoaderError("ERR_EVALUATE_UNAVAILABLE", message, { url, hint });
    }
    native.add(url);
  }
}
