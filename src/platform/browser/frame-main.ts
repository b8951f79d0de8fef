import type { Image } from "../../run/image.ts";
import type { RealmRuntimeOptions } from "../../run/realm-runtime.ts";
import type { FrameParts } from "./frame-parts.ts";

/**
 * What runs inside the sandboxed frame, as text: waits for an image, starts it, reports. Uses nothing from outside of
 * itself but `parts`, which come as text too.
 */
export function runFrame(parts: FrameParts): void {
  const { connectToPage, createRealmRuntime, createFrameConsole, createDocumentModules } = parts;
  const { interceptNetwork, interceptWorkers, installStorage } = parts;
  const frameConsole = createFrameConsole();
  const { addModules, addStyle, createStyleSheet, showRunningScript } = createDocumentModules("");
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

  /** What relative URLs of the program are relative to. */
  function setBaseUrl(url: string): void {
    const root = document.createElement("base");
    root.href = url;
    document.head.prepend(root);
  }
}
