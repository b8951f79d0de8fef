import type { Image, ImageModule } from "../../run/image.ts";
import type { RealmRuntimeOptions } from "../../run/realm-runtime.ts";
import type { FrameParts } from "./frame-parts.ts";
import type { PageMessage } from "./frame-protocol.ts";
import type { WorkerGreeting } from "./frame-workers.ts";

/**
 * What a worker of a program starts with, as text: waits for its program, runs it, reports. Until then it keeps what the
 * program's other realms send. Uses nothing from outside of itself but `parts`, which come as text too.
 */
export function runWorker(parts: FrameParts): void {
  const { connectToPage, createRealmRuntime, createFrameConsole, interceptNetwork, interceptWorkers } = parts;
  const frameConsole = createFrameConsole();
  const scope = globalThis as unknown as {
    importScripts(...urls: (string | URL)[]): void;
    onconnect?: unknown;
  };
  const nativeImportScripts = scope.importScripts.bind(globalThis);
  /** What came before the program could hear it. */
  const early: MessageEvent[] = [];
  let greeting: WorkerGreeting | undefined;
  let isRunning = false;
  addEventListener("message", receive);

  function receive(event: MessageEvent): void {
    if (isRunning && greeting?.isShared === false) return;
    event.stopImmediatePropagation();
    const [port] = event.ports;
    if (greeting === undefined && port !== undefined) start((greeting = event.data as WorkerGreeting), port);
    else if (isRunning) connect(event);
    else early.push(event);
  }

  /** To a shared worker, every message is a new client. */
  function connect({ ports }: MessageEvent): void {
    const event = new MessageEvent("connect", { data: "", ports: [...ports], source: ports[0] ?? null });
    const { onconnect } = scope;
    if (typeof onconnect === "function") addEventListener("connect", onconnect as EventListener, { once: true });
    dispatchEvent(event);
  }

  function start({ url, type }: WorkerGreeting, port: MessagePort): void {
    const page = connectToPage(port, (message) => void run(message));
    const baseUrl = (): string => location.href;
    setLocation(url);
    frameConsole.install((entry) => page.send({ type: "console", entry }));
    addEventListener("error", ({ error, message, filename, lineno, colno }) => {
      const place = filename === "" ? {} : { file: filename, line: lineno, column: colno };
      page.send({ type: "error", error: frameConsole.describeError(error ?? message, place) });
    });
    addEventListener("unhandledrejection", ({ reason }) => {
      page.send({ type: "error", error: frameConsole.describeError(reason) });
    });
    interceptWorkers({
      baseUrl,
      bootstrap: () => parts.scriptOf(parts.runWorker, parts),
      open: (script, end) => page.send({ type: "worker", script }, [end]),
    });

    async function run(message: PageMessage): Promise<void> {
      if (message.type === "unstartable") {
        const { error } = message;
        return reportError(Object.assign(new Error(error.message), { name: "LoaderError" }, error));
      }
      if (message.type !== "start-worker") return;
      const { image, scripts } = message;
      const { base, mode } = image;
      interceptNetwork({ base, baseUrl, readAsset: (address) => page.readAsset(address) });
      interceptImportScripts(scripts, type);
      const options: RealmRuntimeOptions = {
        mode,
        base,
        readAsset: (address) => page.readAsset(address),
        // There is no document to style.
        addStyle: () => undefined,
        createStyleSheet: () => {
          throw new TypeError("A worker has no style sheets");
        },
        importUrl: (address) => import(address),
        importModule: async (specifier, referrer) => {
          const part = await page.importModule(specifier, referrer);
          await runtime.prepareWasm(part.wasm);
          addModules(part.modules);
          return part.entry;
        },
      };
      const runtime = createRealmRuntime(options, parts);
      Object.defineProperty(globalThis, "__raya", { value: runtime });
      try {
        await runtime.prepareWasm(image.wasm);
        const evaluated = evaluate(image, scripts);
        // As in every worker: what has been sent is delivered when the script has run, whatever it still waits for.
        deliver();
        await evaluated;
      } catch (error) {
        reportError(error);
      }

      async function evaluate({ entry, modules }: Image, texts: Readonly<Record<string, string>>): Promise<void> {
        const text = Object.hasOwn(texts, entry) ? texts[entry] : undefined;
        if (text !== undefined) return runScript(text);
        addModules(modules);
        await runtime.importEntry(entry);
      }
    }
  }

  function deliver(): void {
    isRunning = true;
    for (const event of early.splice(0)) {
      if (greeting?.isShared === true) connect(event);
      else dispatchEvent(new MessageEvent("message", { data: event.data as unknown, ports: [...event.ports] }));
    }
  }

  function runScript(text: string): void {
    const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    try {
      nativeImportScripts(address);
    } finally {
      URL.revokeObjectURL(address);
    }
  }

  /** Images are classic scripts. Workers have no import map by which modules could be found one by one. */
  function addModules(modules: readonly ImageModule[]): void {
    for (const { url, kind, code } of modules) {
      if (kind === "script") {
        runScript(code);
        continue;
      }
      const message = `"${url}" has to be a module of its own, because it or what it is imported with uses eval or is too large to link, and workers cannot have such`;
      throw Object.assign(new Error(message), {
        name: "LoaderError",
        code: "ERR_EVALUATE_UNAVAILABLE",
        details: { url },
      });
    }
  }

  /** The address that the program gave it, not that of the script it really started with. */
  function setLocation(url: string): void {
    Object.defineProperty(globalThis, "location", { value: new URL(url), configurable: true });
  }

  function interceptImportScripts(scripts: Readonly<Record<string, string>>, type: WorkerGreeting["type"]): void {
    scope.importScripts = (...urls) => {
      if (type === "module") throw new TypeError("Module scripts don't support importScripts()");
      for (const url of urls.map((each) => new URL(each, location.href).href)) {
        const text = Object.hasOwn(scripts, url) ? scripts[url] : undefined;
        if (text !== undefined) runScript(text);
        else if (/^(?:blob|data):/.test(url)) nativeImportScripts(url);
        else
          throw new DOMException(
            `"${url}" cannot be imported: a worker's scripts have to be literals, to be loaded before it starts`,
            "NetworkError",
          );
      }
    };
  }
}
