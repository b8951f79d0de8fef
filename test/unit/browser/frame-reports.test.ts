import { describe, it } from "vitest";
import type { FrameReport } from "../../../src/platform/browser/frame-protocol.ts";
import { FRAME_SCRIPT, FrameReports } from "../../../src/platform/browser/frame-reports.ts";

const BASE = "https://app.test/~/";

/** Reports of a frame whose image is `main.ts`. */
function createReports(locate = (text: string) => Promise.resolve(text.replaceAll("image-0.js", "project/main.ts"))) {
  const heard: FrameReport[] = [];
  const reports = new FrameReports({ base: BASE, services: { locate } });
  return { heard, take: (report: FrameReport) => reports.take(report, (located) => heard.push(located)) };
}

const log = (text: string): FrameReport => ({
  type: "console",
  entry: { level: "log", values: [{ kind: "string", text }] },
});
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

describe("reports of a frame", () => {
  it("are handed on at once where they name no place", ({ expect }) => {
    const { heard, take } = createReports();
    take(log("one"));
    take({ type: "evaluated" });
    expect(heard).toEqual([log("one"), { type: "evaluated" }]);
  });

  it("name places of sources, in every text of an entry, and keep their order", async ({ expect }) => {
    const { heard, take } = createReports();
    const values = [{ kind: "error", text: "Error: x", detail: `Error: x\n    at f (${BASE}image-0.js:1:2)` }] as const;
    take({ type: "console", entry: { level: "error", values } });
    take(log("after"));
    take({ type: "evaluated" });
    expect(heard).toEqual([]);
    await settled();
    const detail = `Error: x\n    at f (${BASE}project/main.ts:1:2)`;
    const located = { type: "console", entry: { level: "error", values: [{ ...values[0], detail }] } };
    expect(heard).toEqual([located, log("after"), { type: "evaluated" }]);
  });

  it("leave out the loader's own calls; the first that is left is the error's place", async ({ expect }) => {
    const { heard, take } = createReports();
    const stack = `Error: x\n    at own (${FRAME_SCRIPT}:9:9)\n    at ${BASE}image-0.js:3:4\n    at run (${FRAME_SCRIPT}:1:1)`;
    take({ type: "failed", error: { message: "Error: x", stack } });
    await settled();
    const place = { file: `${BASE}project/main.ts`, line: 3, column: 4 };
    const error = { message: "Error: x", stack: `Error: x\n    at ${BASE}project/main.ts:3:4`, ...place };
    expect(heard).toEqual([{ type: "failed", error }]);
  });

  it("without a stack have the place where the browser noticed the error", async ({ expect }) => {
    const { heard, take } = createReports();
    take({ type: "error", error: { message: "Uncaught 1", file: `${BASE}image-0.js`, line: 5, column: 6 } });
    await settled();
    const error = { message: "Uncaught 1", file: `${BASE}project/main.ts`, line: 5, column: 6 };
    expect(heard).toEqual([{ type: "error", error }]);
  });

  it("arrive as they are where nobody can locate them", async ({ expect }) => {
    const { heard, take } = createReports(() => Promise.reject(new Error("gone")));
    take(log(`${BASE}image-0.js:1:1`));
    await settled();
    expect(heard).toEqual([log(`${BASE}image-0.js:1:1`)]);
  });
});
