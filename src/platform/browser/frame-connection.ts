import type { Asset, ImagePart } from "../../run/image.ts";
import type { FrameMessage, PageMessage } from "./frame-protocol.ts";

/** How a frame or a worker talks to the page. */
export interface FrameConnection {
  send(message: FrameMessage, transfer?: Transferable[]): void;
  readAsset(url: string): Promise<Asset | undefined>;
  /** @throws LoaderError what the loader gives */
  importModule(specifier: string, referrer: string, type?: string): Promise<ImagePart>;
}

/**
 * Connects a realm to its page. `onStart` gets the first message, which says what to run. Reaches realms as text, so it
 * uses nothing from outside of itself.
 */
export function connectToPage(port: MessagePort, onStart: (message: PageMessage) => void): FrameConnection {
  type Question = Extract<FrameMessage, { id: number }>;
  type Answer<Type> = Extract<PageMessage, { type: Type; id: number }>;
  const waiting = new Map<number, { resolve(value: never): void; reject(reason: unknown): void }>();
  let count = 0;

  const send = (message: FrameMessage, transfer: Transferable[] = []): void => port.postMessage(message, transfer);

  const ask = <Type extends "imported" | "asset">(question: (id: number) => Question): Promise<Answer<Type>> => {
    const id = count++;
    return new Promise<Answer<Type>>((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      send(question(id));
    });
  };

  port.addEventListener("message", ({ data }: MessageEvent<PageMessage>) => {
    if (!("id" in data)) return onStart(data);
    const question = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.type === "refused")
      question?.reject(Object.assign(new Error(data.error.message), { name: "LoaderError" }, data.error));
    else question?.resolve(data as never);
  });
  port.start();

  return {
    send,
    readAsset: async (url) => (await ask<"asset">((id) => ({ type: "asset", id, url }))).asset,
    importModule: async (specifier, referrer, attribute) =>
      (await ask<"imported">((id) => ({ type: "import", id, specifier, referrer, attribute }))).part,
  };
}
