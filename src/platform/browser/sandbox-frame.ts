import { LoaderError } from "../../errors.ts";
import type { Image, Realm, RealmServices } from "../../run/image.ts";
import { runFrame } from "./frame-main.ts";
import { FRAME_PARTS, scriptOf } from "./frame-parts.ts";
import type { ConsoleEntry, FrameReport, RuntimeError } from "./frame-protocol.ts";
import { post, serveRealm } from "./serve-realm.ts";

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
    const hear = (message: FrameReport): void => {
      if (message.type === "evaluated") {
        evaluated = true;
        resolve(realm);
        keepProcess(container.ownerDocument);
      } else if (message.type === "failed") reject(evaluationError(message.error));
      else if (message.type === "console") options.onConsole(message.entry);
      else if (message.type === "error") options.onError(message.error);
      else if (evaluated) options.onError({ message: LEFT });
      else reject(evaluationError({ message: LEFT }));
    };
    serveRealm(port, { base: image.base, services: options.services, ports, hear });
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

let keeper: HTMLIFrameElement | undefined;

/**
 * Engines give sandboxed frames a process of their own, which ends with the last of them, and what it has compiled is lost.
 * An empty, hidden frame keeps it: a program that starts again is then not compiled again.
 */
function keepProcess({ body }: Document): void {
  if (keeper?.isConnected === true) return;
  keeper = body.ownerDocument.createElement("iframe");
  keeper.setAttribute("sandbox", SANDBOX);
  keeper.srcdoc = "<!doctype html>";
  keeper.hidden = true;
  body.append(keeper);
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
