import type { StartTimes } from "./start-page.ts";

/** Runs in the frame, as text: imports what it is posted, from a blob: URL. */
function importPosted(): void {
  addEventListener("message", ({ data, ports: [port] }: MessageEvent<ArrayBuffer>) => {
    const url = URL.createObjectURL(new Blob([data], { type: "text/javascript" }));
    import(url).then(
      () => port?.postMessage("evaluated"),
      (error: unknown) => port?.postMessage(String(error)),
    );
  });
}

const DOCUMENT = `<!doctype html><meta charset="utf-8"><script>(${String(importPosted)})()</script><div id="root"></div>`;

/** Runs a bundle as Raya runs an image: in a sandboxed frame of its own. */
export async function runBundle(parent: HTMLElement, read: () => Promise<ArrayBuffer>): Promise<StartTimes> {
  const started = performance.now();
  const code = await read();
  const taken = performance.now() - started;
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts");
  frame.srcdoc = DOCUMENT;
  const opening = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
  parent.append(frame);
  await opening;
  const opened = performance.now();
  const { port1, port2 } = new MessageChannel();
  const answered = new Promise<unknown>((resolve) => {
    port1.addEventListener("message", ({ data }) => resolve(data), { once: true });
  });
  port1.start();
  frame.contentWindow?.postMessage(code, "*", [port2]);
  const answer = await answered;
  const ended = performance.now();
  frame.remove();
  if (answer !== "evaluated") throw new Error(String(answer));
  return { inFrame: taken + ended - opened, total: ended - started };
}
