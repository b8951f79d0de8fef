import type { ImageModule } from "../../run/image.ts";

/** What images bring into a document. */
export interface DocumentModules {
  readonly addModules: (modules: readonly ImageModule[]) => void;
  readonly addStyle: (url: string, text: string) => void;
  readonly createStyleSheet: (text: string) => CSSStyleSheet;
  /** Scripts look at their own element for the address of the files beside them. */
  readonly showRunningScript: (urlOf: () => string | undefined) => void;
}

/**
 * Puts into the document what images have. Frames get it as text, so it uses nothing from outside of itself.
 * @param bind makes the realm's runtime known to each module as `__raya`; empty where that is its global name
 */
export function createDocumentModules(bind: string): DocumentModules {
  function addElement(name: string, text: string, of: object): HTMLElement {
    const element = Object.assign(document.createElement(name), of);
    element.textContent = text;
    document.head.append(element);
    return element;
  }

  return {
    /** ES modules become entries of an import map, CommonJS modules classic scripts that run at once and only register. */
    addModules(modules) {
      const imports: Record<string, string> = {};
      for (const { url, kind, code } of modules) {
        if (kind === "esm")
          imports[url] = `data:text/javascript;charset=utf-8,${encodeURIComponent((bind + code).toWellFormed())}`;
        else addElement("script", bind ? `{${bind}${code}\n}` : code, {}).remove();
      }
      if (Object.keys(imports).length > 0)
        addElement("script", JSON.stringify({ imports }), { type: "importmap" }).remove();
    },
    addStyle(url, text) {
      addElement("style", text, {}).dataset["url"] = url;
    },
    createStyleSheet(text) {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(text);
      return sheet;
    },
    showRunningScript(urlOf) {
      const native =
        Object.getOwnPropertyDescriptor(document, "currentScript") ??
        Object.getOwnPropertyDescriptor(Document.prototype, "currentScript");
      const get = (): unknown => {
        const src = urlOf();
        if (src === undefined) return native?.get?.call(document) as unknown;
        return Object.assign(document.createElement("script"), { src });
      };
      Object.defineProperty(document, "currentScript", { get, configurable: true });
    },
  };
}
