import { type ErrorJson, isLoaderError, LoaderError } from "../../errors.ts";
import type { RealmServices, WorkerScript } from "../../run/image.ts";
import type { FrameReport, FrameRequest, PageMessage } from "./frame-protocol.ts";
import { FrameReports } from "./frame-reports.ts";
import { readFrameMessage } from "./read-frame-message.ts";

/** A realm of a running program: its frame, or a worker. */
export interface ServedRealm {
  /** Prefix of the image's URLs. */
  readonly base: string;
  readonly services: RealmServices;
  /** Open ports of the program, those of workers to come included. */
  readonly ports: Set<MessagePort>;
  /** Hears what happens in the realm and in the workers it makes. */
  hear(report: FrameReport): void;
}

/** Holds the page's side of the conversation with a realm: answers what it asks, hands on what it reports. */
export function serveRealm(port: MessagePort, realm: ServedRealm): void {
  const reports = new FrameReports(realm);
  port.addEventListener("message", ({ data, ports: [end] }: MessageEvent<unknown>) => {
    const message = readFrameMessage(data);
    if (message === undefined) return;
    if (message.type === "import" || message.type === "asset") void answer(message, port, realm.services);
    else if (message.type !== "worker") reports.take(message, (report) => realm.hear(report));
    else if (end !== undefined) void startWorker(message.script, end, realm);
  });
}

export function post(port: MessagePort, message: PageMessage): void {
  port.postMessage(message);
}

async function answer(request: FrameRequest, port: MessagePort, services: RealmServices): Promise<void> {
  const { id } = request;
  try {
    const reply: PageMessage =
      request.type === "import"
        ? {
            type: "imported",
            id,
            part: await services.importModule(request.specifier, request.referrer, request.attribute),
          }
        : { type: "asset", id, asset: await services.readAsset(request.url) };
    post(port, reply);
  } catch (error) {
    post(port, { type: "refused", id, error: toErrorJson(error) });
  }
}

/** From here on the worker asks for itself, as the frame does. */
async function startWorker(script: WorkerScript, port: MessagePort, realm: ServedRealm): Promise<void> {
  realm.ports.add(port);
  port.addEventListener("close", () => realm.ports.delete(port));
  try {
    const { image, scripts, ...services } = await realm.services.linkWorker(script);
    serveRealm(port, { ...realm, services });
    post(port, { type: "start-worker", image, scripts });
  } catch (error) {
    serveRealm(port, realm);
    post(port, { type: "unstartable", error: toErrorJson(error) });
  }
  port.start();
}

function toErrorJson(error: unknown): ErrorJson {
  const known = isLoaderError(error) ? error : new LoaderError("ERR_EVALUATION_FAILED", String(error), {}, error);
  return LoaderError.prototype.toJSON.call(known);
}
