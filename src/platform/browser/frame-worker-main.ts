import type { ImageModule, WorkerProgram } from "../../run/image.ts";
import type { RealmRuntime } from "../../run/realm-runtime.ts";
import type { FrameConnection } from "./frame-connection.ts";
import type { FrameParts } from "./frame-parts.ts";
import type { PageMessage } from "./frame-protocol.ts";
import type { WorkerGreeting } from "./frame-workers.ts";

/**
 * What a worker of a program starts with, as text: waits for its program, runs it, reports. Until then it keeps what the
 * program's other realms send. Uses nothing from outside of itself but `parts`, which come as text too.
 */
export function runWorker(parts: FrameParts): void {
  const { connectToPage, createRealmRuntime, createFrameConsole, interceptNetwork, interceptWorkers } = parts;
  const scope = globalThis as unknown as { importScripts(...urls: (string | URL)[]): void; onconnect?: unknown };
  const nativeImportScripts = scope.importScripts.bind(globalThis);
  const frameConsole = createFrameConsole();
  const baseUrl = (): string => location.href;
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

  function start({ url }: WorkerGreeting, port: MessagePort): void {
    const page = connectToPage(port, (message) => void run(message, page));
    // The address that the program gave it, not that of the script it really started with.
    Object.defineProperty(globalThis, "location", { value: new URL(url), configurable: true });
    // An opaque origin has none, and throws where code only looks.
    for (let at: unknown = globalThis; at !== null; at = Object.getPrototypeOf(at))
      Reflect.deleteProperty(at as object, "caches");
    report(page);
    interceptWorkers({
      baseUrl,
      bootstrap: () => parts.scriptOf(parts.runWorker, parts),
      open: (script, end) => page.send({ type: "worker", script }, [end]),
    });
  }

  function report(page: FrameConnection): void {
    frameConsole.install((entry) => page.send({ type: "console", entry }));
    addEventListener("error", ({ error, message, filename, lineno, colno }) => {
      const place = filename === "" ? {} : { file: filename, line: lineno, column: colno };
      page.send({ type: "error", error: frameConsole.describeError(error ?? message, place) });
    });
    addEventListener("unhandledrejection", ({ reason }) => {
      page.send({ type: "error", error: frameConsole.describeError(reason) });
    });
  }

  async function run(message: PageMessage, page: FrameConnection): Promise<void> {
    try {
      if (message.type === "start-worker") await runProgram(message, page);
      else if (message.type === "unstartable")
        throw Object.assign(new Error(message.error.message), { name: "LoaderError" }, message.error);
    } catch (error) {
      reportError(error);
    }
  }

  async function runProgram(
    { image, scripts }: Pick<WorkerProgram, "image" | "scripts">,
    page: FrameConnection,
  ): Promise<void> {
    const readAsset = (url: string) => page.readAsset(url);
    interceptNetwork({ base: image.base, baseUrl, readAsset });
    scope.importScripts = (...urls) => importThrough(scripts, urls);
    const runtime = createRuntime(image, page);
    Object.defineProperty(globalThis, "__raya", { value: runtime });
    await runtime.prepareWasm(image.wasm);
    const evaluated = evaluate(image, scripts, runtime);
    // As in every worker: what has been sent is delivered when the script has run, whatever it still waits for.
    deliver();
    await evaluated;
  }

  function createRuntime({ base, mode }: WorkerProgram["image"], page: FrameConnection): RealmRuntime {
    const runtime = createRealmRuntime(
      {
        mode,
        base,
        readAsset: (url) => page.readAsset(url),
        // There is no document to style.
        addStyle: () => undefined,
        createStyleSheet: () => {
          throw new TypeError("A worker has no style sheets");
        },
        importUrl: (url) => import(url),
        importModule: async (specifier, referrer, type) => {
          const part = await page.importModule(specifier, referrer, type);
          await runtime.prepareWasm(part.wasm);
          addModules(part.modules);
          return part.entry;
        },
      },
      parts,
    );
    return runtime;
  }

  async function evaluate(
    { entry, modules }: WorkerProgram["image"],
    scripts: WorkerProgram["scripts"],
    runtime: RealmRuntime,
  ): Promise<void> {
    const script = Object.hasOwn(scripts, entry) ? scripts[entry] : undefined;
    if (script !== undefined) return runScript(script);
    addModules(modules);
    await runtime.importEntry(entry);
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
      const details = { url };
      throw Object.assign(new Error(message), { name: "LoaderError", code: "ERR_EVALUATE_UNAVAILABLE", details });
    }
  }

  function importThrough(scripts: WorkerProgram["scripts"], urls: readonly (string | URL)[]): void {
    if (greeting?.type === "module") throw new TypeError("Module scripts don't support importScripts()");
    for (const url of urls.map((each) => new URL(each, location.href).href)) {
      const script = Object.hasOwn(scripts, url) ? scripts[url] : undefined;
      if (script !== undefined) runScript(script);
      else if (/^(?:blob|data):/.test(url)) nativeImportScripts(url);
      else {
        const reason = "a worker's scripts have to be literals, to be loaded before it starts";
        throw new DOMException(`"${url}" cannot be imported: ${reason}`, "NetworkError");
      }
    }
  }
}
