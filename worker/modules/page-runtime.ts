import { createBuiltinRuntime } from "../../src/run/builtin-runtime.ts";
import { createLinkedRuntime } from "../../src/run/linked-runtime.ts";
import { createNodeGlobals } from "../../src/run/node-globals.ts";
import { createRealmRuntime, type RealmRuntime } from "../../src/run/realm-runtime.ts";
import { createWasmRuntime } from "../../src/run/wasm-runtime.ts";

const PARTS = {
  createRealmRuntime,
  createLinkedRuntime,
  createWasmRuntime,
  createBuiltinRuntime,
  createNodeGlobals,
};

/**
 * What modules call that are imported without a client. Reaches pages as text, so it uses nothing from outside of itself.
 * @param home URL of the runtime's module
 */
function createPageRuntime(parts: typeof PARTS, home: string, load: (url: string) => Promise<unknown>): RealmRuntime {
  const absolute = (path: string): string => new URL(path, home).href;
  interface Style {
    textContent: string;
  }
  const page = globalThis as {
    document?: { createElement(name: "style"): Style; readonly head: { append(style: Style): void } };
    CSSStyleSheet?: new () => { replaceSync(text: string): void };
  };
  const runtime = parts.createRealmRuntime(
    {
      mode: "production",
      base: "/m/",
      // The edge knows where it leads, and answers with a redirect.
      importModule: async (specifier, referrer, type) => {
        const asked = new URL(referrer, home);
        asked.search = "";
        asked.searchParams.set("import", specifier);
        if (type !== undefined) asked.searchParams.set("type", type);
        return asked.href;
      },
      importUrl: (url) => load(url),
      readAsset: async (url) => {
        const response = await fetch(`${absolute(url)}?as=file`);
        if (!response.ok) return undefined;
        const type = response.headers.get("content-type") ?? "";
        return { bytes: new Uint8Array(await response.arrayBuffer()), type };
      },
      addStyle: (_, text) => {
        const style = page.document?.createElement("style");
        if (style === undefined) return;
        style.textContent = text;
        page.document?.head.append(style);
      },
      createStyleSheet: (text) => {
        if (page.CSSStyleSheet === undefined) throw new TypeError("There are no style sheets here");
        const sheet = new page.CSSStyleSheet();
        sheet.replaceSync(text);
        return sheet;
      },
    },
    parts,
  );
  return { ...runtime, meta: (url) => runtime.meta(absolute(url)) };
}

/** Statements that make `__raya`. Bundlers that keep names put calls of a function of theirs into functions. */
export const CREATE_RUNTIME = [
  "const __name = (target) => target;",
  `const parts = { ${Object.entries(PARTS)
    .map(([name, part]) => `${name}: ${String(part)}`)
    .join(", ")} };`,
  `const createPageRuntime = ${String(createPageRuntime)};`,
  "const __raya = createPageRuntime(parts, import.meta.url, (url) => import(url));",
].join("\n");

/** The module that all others import. */
export const PAGE_RUNTIME = `${CREATE_RUNTIME}\nexport { __raya };`;
