import { isErrorJson, LoaderError } from "../src/errors.ts";
import type { StoredProgram } from "./program-store.ts";
import type { RunListener } from "./run-controller.ts";

/** What the edge says of a program that it has run (docs/running-at-the-edge.md). */
interface EdgeAnswer {
  readonly response: {
    readonly status: number;
    readonly headers: readonly (readonly [string, string])[];
    readonly body: string;
    readonly encoding: "utf-8" | "base64";
  };
  readonly times: { readonly load: number; readonly answer: number };
}

/** Whether a program is one that answers requests. */
export function answersRequests({ files }: Pick<StoredProgram, "files">): boolean {
  return Object.values(files).some((text) => /\bexport\s+default\b/.test(text) && /\bfetch\b|\bHono\b/.test(text));
}

/** Has the edge run a program in an isolate, asks it for `/`, and shows what it answers: as a page without scripts, or as text. */
export async function runAtEdge(program: StoredProgram, container: HTMLElement, listener: RunListener): Promise<void> {
  const start = performance.now();
  listener.onStart();
  listener.onState("loading", 0);
  try {
    const { files, entry } = program;
    const answer = await ask({ files, entry });
    const { status } = answer.response;
    const { load, answer: time } = answer.times;
    const text = `The edge answered ${status}: linked in ${load} ms, answered in ${time} ms`;
    listener.onConsole({ level: "info", values: [{ kind: "string", text }] });
    listener.onState("done", performance.now() - start);
    container.replaceChildren(frameOf(answer));
  } catch (error) {
    listener.onState("failed", performance.now() - start);
    listener.onFailure(error);
  }
}

/** The program of the page is locked for browsers; the edge solves it for itself. */
async function ask(program: Pick<StoredProgram, "files" | "entry">): Promise<EdgeAnswer> {
  const headers = { "content-type": "application/json" };
  const response = await fetch("/run", { method: "POST", headers, body: JSON.stringify(program) });
  const answer: unknown = await response.json();
  if (response.ok) return answer as EdgeAnswer;
  const error = typeof answer === "object" && answer !== null && "error" in answer ? answer.error : undefined;
  if (response.status === 404 || response.status === 405 || !isErrorJson(error))
    throw new LoaderError("ERR_EVALUATE_UNAVAILABLE", "This edge runs no programs", {
      hint: "its operator switches it on with RUN_PROGRAMS",
    });
  throw LoaderError.fromJSON(error);
}

function frameOf({ response }: EdgeAnswer): HTMLIFrameElement {
  const { headers, body, encoding } = response;
  const type = headers.find(([name]) => name === "content-type")?.[1] ?? "";
  const frame = document.createElement("iframe");
  frame.title = "Answer of the program";
  // Neither scripts nor this origin: it is only looked at.
  frame.setAttribute("sandbox", "");
  const isPage = encoding === "utf-8" && /^text\/html\b/i.test(type);
  frame.srcdoc = isPage
    ? body
    : `<!doctype html><meta name="color-scheme" content="light dark"><pre>${escapeText(body)}`;
  return frame;
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
