import type { WorkerScript } from "../../run/image.ts";

/** What workers of a program need of the realm that makes them. */
export interface FrameWorkersOptions {
  /** What relative URLs are relative to, at the time of the call. */
  baseUrl(): string;
  /** Text of the classic script that a worker starts with. */
  bootstrap(): string;
  /** Hands the page one end of the conversation with a new worker, and what the worker is to run. */
  open(script: WorkerScript, port: MessagePort): void;
}

/** What a new worker is told first; the other end of the conversation with the page comes with it. */
export interface WorkerGreeting {
  readonly url: string;
  readonly type: "classic" | "module";
  /** A SharedWorker: its clients come as `connect` events. */
  readonly isShared: boolean;
}

/**
 * Puts itself in front of `Worker` and `SharedWorker`. An opaque origin may start no worker from an address; so a real one
 * is started at once with a script of ours, which keeps what the program sends until the loader has linked the program
 * that the address means. Reaches frames and workers as text, so it uses nothing from outside of itself.
 */
export function interceptWorkers(options: FrameWorkersOptions): void {
  const { Worker: NativeWorker, fetch: nativeFetch } = globalThis;
  let bootstrapUrl: string | undefined;
  const bootstrap = (): string =>
    (bootstrapUrl ??= URL.createObjectURL(new Blob([options.bootstrap()], { type: "text/javascript" })));

  const absolute = (url: string | URL, constructor: string): string => {
    const parsed = URL.parse(url, options.baseUrl());
    if (parsed !== null) return parsed.href;
    throw new DOMException(`Failed to construct '${constructor}': "${String(url)}" is not a URL`, "SyntaxError");
  };

  /** A `blob:` URL may be revoked as soon as the worker has been made: it is read at once. */
  const readScript = async (url: string, type: "classic" | "module"): Promise<WorkerScript> =>
    /^(?:blob|data):/.test(url) ? { url, type, text: await (await nativeFetch(url)).text() } : { url, type };

  const start = (worker: Worker, url: string, type: "classic" | "module", isShared: boolean): void => {
    const { port1, port2 } = new MessageChannel();
    const greeting: WorkerGreeting = { url, type, isShared };
    NativeWorker.prototype.postMessage.call(worker, greeting, { transfer: [port2] });
    // The worker itself tells the page of its errors, and says more than what arrives here.
    worker.addEventListener("error", (event) => event.preventDefault());
    readScript(url, type).then(
      (script) => options.open(script, port1),
      (error: unknown) => worker.dispatchEvent(new ErrorEvent("error", { message: String(error), error })),
    );
  };

  class ProgramWorker extends NativeWorker {
    constructor(url: string | URL, given?: WorkerOptions | null) {
      const { type = "classic", name = "" } = given ?? {};
      const address = absolute(url, "Worker");
      super(bootstrap(), { name });
      start(this, address, type, false);
    }
  }

  /** Shared within the program: one worker for each address and name. */
  const shared = new Map<string, Worker>();

  class ProgramSharedWorker extends EventTarget {
    readonly port: MessagePort;
    onerror: ((event: Event) => void) | null = null;

    constructor(url: string | URL, given?: string | WorkerOptions | null) {
      super();
      const { type = "classic", name = "" } = typeof given === "string" ? { name: given } : (given ?? {});
      const address = absolute(url, "SharedWorker");
      const key = `${name}\n${address}`;
      let worker = shared.get(key);
      if (worker === undefined) {
        worker = new NativeWorker(bootstrap(), { name });
        start(worker, address, type, true);
        shared.set(key, worker);
      }
      worker.addEventListener("error", (event) => {
        const { message } = event;
        const copy = new ErrorEvent("error", { message });
        this.onerror?.(copy);
        this.dispatchEvent(copy);
      });
      const { port1, port2 } = new MessageChannel();
      this.port = port1;
      worker.postMessage(undefined, [port2]);
    }
  }

  const replace = (name: string, value: unknown): void => {
    Object.defineProperty(value, "name", { value: name });
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  };
  replace("Worker", ProgramWorker);
  replace("SharedWorker", ProgramSharedWorker);
}
