import type { Image, ImageModule } from "../../run/image.ts";
import type { RealmRuntimeOptions } from "../../run/realm-runtime.ts";
import type { FrameParts } from "./frame-parts.ts";

/**
 * What runs inside the sandboxed frame, as text: waits for an image, starts it, reports. Uses nothing from outside of
 * itself but `parts`, which come as text too.
 */
export function runFrame(parts: FrameParts): void {
  const { connectToPage, createRealmRuntime, createFrameConsole, interceptNetwork, interceptWorkers, installStorage } =
    parts;
  const frameConsole = createFrameConsole();
  // Ten calls, as engines have it, end inside of a package; the one that its user wrote comes further down.
  Object.assign(Error, { stackTraceLimit: 50 });
  addEventListener("message", receivePort);

  function receivePort(event: MessageEvent): void {
    const [port] = event.ports;
    if (event.source !== parent || event.data !== "raya-port" || port === undefined) return;
    removeEventListener("message", receivePort);
    start(port);
  }

  function start(port: MessagePort): void {
    const page = connectToPage(port, (message) => {
      if (message.type === "start") void evaluate(message.image);
    });
    frameConsole.install((entry) => page.send({ type: "console", entry }));
    addEventListener("error", (event) => {
      const { filename, lineno, colno } = event;
      const place = filename === "" ? {} : { file: filename, line: lineno, column: colno };
      page.send({ type: "error", error: frameConsole.describeError(event.error ?? event.message, place) });
    });
    addEventListener("unhandledrejection", (event) => {
      page.send({ type: "error", error: frameConsole.describeError(event.reason) });
    });
    addEventListener("pagehide", () => page.send({ type: "left" }));

    async function evaluate({ base, mode, modules, entry, wasm }: Image): Promise<void> {
      setBaseUrl(`${base}project/`);
      const baseUrl = (): string => document.baseURI;
      const readAsset = (url: string) => page.readAsset(url);
      interceptWorkers({
        baseUrl,
        bootstrap: () => parts.scriptOf(parts.runWorker, parts),
        open: (script, end) => page.send({ type: "worker", script }, [end]),
      });
      interceptNetwork({ base, readAsset, baseUrl });
      installStorage();
      const options: RealmRuntimeOptions = {
        mode,
        base,
        readAsset,
        addStyle,
        createStyleSheet,
        importUrl: (url) => import(url),
        importModule: async (specifier, referrer, type) => {
          const part = await page.importModule(specifier, referrer, type);
          await runtime.prepareWasm(part.wasm);
          addModules(part.modules);
          return part.entry;
        },
      };
      const runtime = createRealmRuntime(options, parts);
      Object.defineProperty(globalThis, "__raya", { value: runtime });
      showRunningScript(() => runtime.runningScript());
      try {
        await runtime.prepareWasm(wasm);
        addModules(modules);
        await runtime.importEntry(entry);
        page.send({ type: "evaluated" });
      } catch (error) {
        page.send({ type: "failed", error: frameConsole.describeError(error) });
      }
    }
  }

  /** ES modules become entries of an import map, CommonJS modules classic scripts that run at once and only register. */
  function addModules(modules: readonly ImageModule[]): void {
    const imports: Record<string, string> = {};
    for (const { url, kind, code } of modules) {
      if (kind === "esm")
        imports[url] = `data:text/javascript;charset=utf-8,${encodeURIComponent(code.toWellFormed())}`;
      else addScript("text/javascript", code);
    }
    if (Object.keys(imports).length > 0) addScript("importmap", JSON.stringify({ imports }));
  }

  function addScript(type: string, text: string): void {
    const script = document.createElement("script");
    script.type = type;
    script.textContent = text;
    document.head.append(script);
    script.remove();
  }

  function addStyle(url: string, text: string): void {
    const style = document.createElement("style");
    style.dataset["url"] = url;
    style.textContent = text;
    document.head.append(style);
  }

  function createStyleSheet(text: string): CSSStyleSheet {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  }

  /** What relative URLs of the program are relative to. */
  function setBaseUrl(url: string): void {
    const root = document.createElement("base");
    root.href = url;
    document.head.prepend(root);
  }

  /** Scripts look at their own element for the address of the files beside them. */
  function showRunningScript(urlOf: () => string | undefined): void {
    const native = Object.getOwnPropertyDescriptor(Document.prototype, "currentScript");
    const get = (): unknown => {
      const url = urlOf();
      if (url === undefined) return native?.get?.call(document) as unknown;
      return Object.assign(document.createElement("script"), { src: url });
    };
    Object.defineProperty(document, "currentScript", { get, configurable: true });
  }
}
