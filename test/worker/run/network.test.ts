import { exports } from "cloudflare:workers";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import type { GateProps } from "../../../src/platform/workerd/network-gate.ts";
import { answering, ask, run } from "./running.ts";

const gate = (options: { props: GateProps }): Fetcher => exports.NetworkGate(options);
const origins = ["https://api.test", "https://cdn.test"];

/** What went out of the gate, and what it was answered. */
function createOutside(answers: Record<string, () => Response>): string[] {
  const seen: string[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const secret = request.headers.get("authorization") ?? "no secret";
    seen.push([request.method, request.url, secret, await request.text()].join(" ").trim());
    return answers[request.url]?.() ?? new Response("nothing", { status: 404 });
  });
  return seen;
}

const redirect =
  (location: string, status = 302) =>
  () =>
    new Response(null, { status, headers: { location } });

/** What a program that fetches gets: the text, or the error's message. */
async function fetched(call: string): Promise<unknown> {
  const source = answering(`await ${call}.then(async (r) => [r.status, await r.text()], (error) => error.message)`);
  return JSON.parse(await ask(await run({ "/main.js": source }, { network: { origins, gate } })));
}

describe("the network of a program, where it is granted", () => {
  let lines: string[] = [];
  beforeEach(() => {
    lines = [];
    vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  it("is the origins of the list, each request a line of the log without its path", async ({ expect }) => {
    const seen = createOutside({ "https://api.test/a?key=1": () => new Response("from outside") });
    expect(await fetched("fetch('https://api.test/a?key=1', { method: 'POST', body: 'sent' })")).toEqual([
      200,
      "from outside",
    ]);
    expect(seen).toEqual(["POST https://api.test/a?key=1 no secret sent"]);
    expect(await fetched("fetch('https://evil.test/')")).toMatch(/may not reach "https:\/\/evil\.test"/);
    expect(await fetched("fetch('http://api.test/')")).toMatch(/may not reach "http:\/\/api\.test"/);
    expect(await fetched("fetch('https://api.test:8443/')")).toMatch(/may not reach/);
    expect(seen).toHaveLength(1);
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { stage: "run", method: "POST", origin: "https://api.test", outcome: 200 },
      { origin: "https://evil.test", outcome: "refused" },
      { origin: "http://api.test", outcome: "refused" },
      { origin: "https://api.test:8443", outcome: "refused" },
    ]);
  });

  it("follows redirects hop by hop, and leaves secrets behind where the origin changes", async ({ expect }) => {
    const seen = createOutside({
      "https://api.test/a": redirect("/b", 307),
      "https://api.test/b": redirect("https://cdn.test/c"),
      "https://cdn.test/c": () => new Response("there"),
    });
    const call = "fetch('https://api.test/a', { method: 'POST', body: 'sent', headers: { authorization: 'secret' } })";
    expect(await fetched(call)).toEqual([200, "there"]);
    expect(seen).toEqual([
      "POST https://api.test/a secret sent",
      "POST https://api.test/b secret sent",
      "GET https://cdn.test/c no secret",
    ]);
  });

  it("ends at a redirect to elsewhere, and at ones without end", async ({ expect }) => {
    const seen = createOutside({
      "https://api.test/out": redirect("https://evil.test/"),
      "https://api.test/loop": redirect("/loop"),
    });
    expect(await fetched("fetch('https://api.test/out')")).toMatch(/may not reach "https:\/\/evil\.test"/);
    expect(seen).toHaveLength(1);
    expect(await fetched("fetch('https://api.test/loop')")).toMatch(/redirect/);
    expect(seen.length).toBeLessThan(30);
  });

  it("lets a program see redirects itself, or refuse them", async ({ expect }) => {
    createOutside({ "https://api.test/a": redirect("https://evil.test/") });
    expect(await fetched("fetch('https://api.test/a', { redirect: 'manual' })")).toEqual([302, ""]);
    expect(await fetched("fetch('https://api.test/a', { redirect: 'error' })")).toMatch(/redirect/i);
  });
});
