import { isLoaderError, LoaderError } from "../../errors.ts";
import type { Image, Realm, RealmServices } from "../../run/image.ts";
import { runFrame } from "./frame-main.ts";
import { FRAME_PARTS } from "./frame-parts.ts";
import type { ConsoleEntry, FrameReport, FrameRequest, PageMessage, RuntimeError } from "./frame-protocol.ts";
import { FRAME_SCRIPT, FrameReports } from "./frame-reports.ts";
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
  const reports = new FrameReports({ base: image.base, services: options.services });
  const realm: Realm = {
    namespace: undefined,
    dispose: () => {
      port.close();
      frame.remove();
    },
  };
  return new Promise((resolve, reject) => {
    let evaluated = false;
    const hear = (message: FrameReport): void => {
      if (message.type === "evaluated") {
        evaluated = true;
        resolve(realm);
      } else if (message.type === "failed") reject(evaluationError(message.error));
      else if (message.type === "console") options.onConsole(message.entry);
      else if (message.type === "error") options.onError(message.error);
      else if (evaluated) options.onError({ message: LEFT });
      else reject(evaluationError({ message: LEFT }));
    };
    port.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      const message = readFrameMessage(data);
      if (message?.type === "import" || message?.type === "asset") void answer(message, port, options.services);
      else if (message !== undefined) reports.take(message, hear);
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

function answer(message: FrameRequest, port: MessagePort, services: RealmServices): Promise<void> {
  const { id } = message;
  return reply(id, port, async () =>
    message.type === "import"
      ? { type: "imported", id, part: await services.importModule(message.specifier, message.referrer) }
      : { type: "asset", id, asset: await services.readAsset(message.url) },
  );
}

async function reply(id: number, port: MessagePort, work: () => Promise<PageMessage>): Promise<void> {
  try {
    post(port, await work());
  } catch (error) {
    const known = isLoaderError(error) ? error : new LoaderError("ERR_EVALUATION_FAILED", String(error), {}, error);
    post(port, { type: "refused", id, error: LoaderError.prototype.toJSON.call(known) });
  }
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
  const parts = Object.entries(FRAME_PARTS).map(([name, part]) => `${name}: ${String(part)}`);
  const code = `(${String(runFrame)})({ ${parts.join(", ")} })`.replaceAll("</script", "<\\/script");
  const script = `${code}\n//# sourceURL=${FRAME_SCRIPT}`;
  return `<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>
    :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
    body { margin: 16px; }
    </style><script>${script}</script></head><body><div id="root"></div></body></html>`;
}
