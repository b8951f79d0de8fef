import { type ErrorJson, isLoaderError, LoaderError } from "../../errors.ts";
import type { Image, Realm, RealmServices, WorkerScript } from "../../run/image.ts";
import { runFrame } from "./frame-main.ts";
import { FRAME_PARTS, scriptOf } from "./frame-parts.ts";
import type { ConsoleEntry, FrameMessage, PageMessage, RuntimeError } from "./frame-protocol.ts";
import { readFrameMessage } from "./read-frame-message.ts";

export type { ConsoleEntry, ConsoleValue, RuntimeError } from "./frame-protocol.ts";

/** Settings of a frame. */
export interface FrameOptions {
  /** Gets the frame as a child. */
  readonly container: HTMLElement;
  readonly image: Image;
  readonly services: RealmServices;
  /** The frame's accessible name. */
  readonly title?: string;
  onConsole(entry: ConsoleEntry): void;
  /** Errors that nobody caught, after and while the entry is evaluated. */
  onError(error: RuntimeError): void;
}

/** What a page may do to the frame's document: run scripts and no more; its origin is opaque. */
const SANDBOX = "allow-scripts allow-modals allow-forms allow-popups allow-pointer-lock allow-downloads";

const LEFT =
  "The program left: it took its frame to another address, as a link or a form without preventDefault() does";

/**
 * Runs an image in a new sandboxed frame of an opaque origin: it shares neither storage nor cookies nor objects with the
 * page. Resolves when the entry has been evaluated; `dispose` removes the frame.
 * @throws LoaderError ERR_EVALUATION_FAILED, its `details.runtime` the RuntimeError; the frame stays for the person to see
 */
export function runInFrame(options: FrameOptions): Promise<Realm> {
  const { container, image, title = "Program output" } = options;
  const frame = document.createElement("iframe");
  frame.title = title;
  frame.setAttribute("sandbox", SANDBOX);
  frame.srcdoc = frameDocument();
  const { port1: port, port2 } = new MessageChannel();
  /** Those to the frame and to its workers. */
  const ports = new Set([port]);
  const realm: Realm = {
    namespace: undefined,
    dispose: () => {
      for (const open of ports) open.close();
      frame.remove();
    },
  };
  return new Promise((resolve, reject) => {
    let evaluated = false;
    port.addEventListener("message", ({ data, ports: [end] }: MessageEvent<unknown>) => {
      const message = readFrameMessage(data);
      if (message === undefined) return;
      if (message.type === "evaluated") {
        evaluated = true;
        resolve(realm);
      } else if (message.type === "failed") reject(evaluationError(message.error));
      else if (message.type !== "left") void answer(message, { port, end, ports, services: options.services }, options);
      else if (evaluated) options.onError({ message: LEFT });
      else reject(evaluationError({ message: LEFT }));
    });
    frame.addEventListener(
      "load",
      () => {
        frame.contentWindow?.postMessage("raya-port", "*", [port2]);
        port.start();
        post(port, { type: "start", image });
      },
      { once: true },
    );
    container.replaceChildren(frame);
  });
}

/** A realm of the program on the other end of `port`, and what it may ask for. */
interface RealmPeer {
  readonly port: MessagePort;
  readonly services: RealmServices;
  /** A port that came with a message. */
  readonly end: MessagePort | undefined;
  readonly ports: Set<MessagePort>;
}

async function answer(message: FrameMessage, peer: RealmPeer, options: FrameOptions): Promise<void> {
  const { port, services } = peer;
  switch (message.type) {
    case "console":
      options.onConsole(message.entry);
      return;
    case "error":
      options.onError(message.error);
      return;
    case "worker":
      return startWorker(message.script, peer, options);
    case "import":
      return reply(message.id, port, async () => {
        const part = await services.importModule(message.specifier, message.referrer);
        return { type: "imported", id: message.id, part };
      });
    case "asset":
      return reply(message.id, port, async () => ({
        type: "asset",
        id: message.id,
        asset: await services.readAsset(message.url),
      }));
    default:
  }
}

/** From here on the worker asks for itself, as the frame does. */
async function startWorker(
  script: WorkerScript,
  { services, end: port, ports }: RealmPeer,
  options: FrameOptions,
): Promise<void> {
  if (port === undefined) return;
  ports.add(port);
  port.addEventListener("close", () => ports.delete(port));
  try {
    const program = await services.linkWorker(script);
    port.addEventListener("message", ({ data, ports: [end] }: MessageEvent<unknown>) => {
      const message = readFrameMessage(data);
      if (message !== undefined) void answer(message, { port, end, ports, services: program }, options);
    });
    const { image, scripts } = program;
    post(port, { type: "start-worker", image, scripts });
  } catch (error) {
    post(port, { type: "unstartable", error: toErrorJson(error) });
  }
  port.start();
}

async function reply(id: number, port: MessagePort, work: () => Promise<PageMessage>): Promise<void> {
  try {
    post(port, await work());
  } catch (error) {
    post(port, { type: "refused", id, error: toErrorJson(error) });
  }
}

function toErrorJson(error: unknown): ErrorJson {
  const known = isLoaderError(error) ? error : new LoaderError("ERR_EVALUATION_FAILED", String(error), {}, error);
  return LoaderError.prototype.toJSON.call(known);
}

function post(port: MessagePort, message: PageMessage): void {
  port.postMessage(message);
}

function evaluationError(runtime: RuntimeError): LoaderError {
  if (runtime.error !== undefined) return LoaderError.fromJSON(runtime.error);
  const { file, line, column } = runtime;
  const place = {
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
  };
  return new LoaderError("ERR_EVALUATION_FAILED", runtime.message, { ...place, runtime });
}

function frameDocument(): string {
  const script = scriptOf(runFrame, FRAME_PARTS).replaceAll("</script", "<\\/script");
  return `<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>
    :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
    body { margin: 16px; }
    </style><script>${script}</script></head><body><div id="root"></div></body></html>`;
}
