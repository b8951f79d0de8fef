import { describe, it } from "vitest";
import { FrameReader } from "../../../../src/fetch/graph/read-frames.ts";
import { createEdgeNetwork, EDGE, type EdgeClient } from "../../../fixtures/edge-network.ts";
import type { FakePackage } from "../../../fixtures/fake-registry.ts";

/** Text that deflate makes nothing of. */
function noise(length: number, seed: string): string {
  let state = seed.charCodeAt(0) + 7;
  let text = "";
  while (text.length < length) {
    state = (state * 48_271) % 2_147_483_647;
    text += state.toString(36);
  }
  return text;
}

/** Four packages one below the other, each of a good length. */
const CHAIN: readonly FakePackage[] = ["a", "b", "c", "d"].map((name, depth, all) => {
  const below = all[depth + 1];
  const dependencies = below === undefined ? {} : { [below]: "^1.0.0" };
  const text = `exports.text = ${JSON.stringify(noise(5000, name))}; ${below === undefined ? "" : `require("${below}");`}`;
  // Of a package of that size the index has no contents, but their digests.
  const files = { "index.js": text, "big.txt": "x".repeat(100_000) };
  return { manifest: { name, version: "1.0.0", dependencies }, files };
});

const PROJECT = { entry: "/main.js", files: { "/main.js": `import "a@^1";` } };

const kindsOf = (bytes: Uint8Array): string[] => [...new FrameReader(1e9).push(bytes)].map(({ kind }) => kind);

/** An answer that sends some of its bytes, waits, and then sends the rest or breaks. */
function inTwo(
  bytes: Uint8Array,
  at: number,
  between: () => Promise<void>,
  breaks = false,
): ReadableStream<Uint8Array> {
  let step = 0;
  return new ReadableStream({
    async pull(controller) {
      step += 1;
      if (step === 1) return controller.enqueue(bytes.slice(0, at));
      await between();
      if (breaks) return controller.error(new TypeError("the connection was lost"));
      if (step === 2) return controller.enqueue(bytes.slice(at));
      return controller.close();
    },
  });
}

const bodyOf = async (response: Response): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await response.arrayBuffer());
const at = (milliseconds: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, milliseconds));
const warningsOf = ({ events }: EdgeClient) =>
  events.flatMap(({ kind, message }) => (kind === "warning" ? [message] : []));

/** Whether the index of a package is stored. */
function isStored({ stored }: EdgeClient, name: string): boolean {
  return stored.some((key) => key.startsWith("artifact:") && key.includes(`:${name}@`));
}

describe("the connection to an edge", () => {
  it("need not have ended for the work to begin: what has come is verified, stored and resolved", async ({
    expect,
  }) => {
    const network = await createEdgeNetwork(CHAIN);
    const client = network.client();
    const seen: boolean[] = [];
    network.change(async (response) => {
      const bytes = await bodyOf(response);
      const hold = async (): Promise<void> => {
        // Only the loader can end this, and it has half of the answer.
        while (!isStored(client, "b")) await at(1);
        seen.push(isStored(client, "a"), isStored(client, "d"));
      };
      return new Response(inTwo(bytes, Math.floor(0.7 * bytes.length), hold), response);
    });
    await client.loader().load(PROJECT);
    expect(seen[0]).toBe(true);
    expect(seen[1]).toBe(false);
    expect(client.requests).toEqual([`${EDGE}graph`]);
  });

  it.each(["breaks", "ends too early"])("that %s is taken up with what has come", async (how) => {
    const network = await createEdgeNetwork(CHAIN);
    const { image } = await network.client().registryLoader().load(PROJECT);
    const client = network.client();
    const sizes: number[] = [];
    network.change(async (response, count) => {
      const bytes = await bodyOf(response);
      sizes.push(bytes.length);
      const half = bytes.length >> 1;
      if (count > 1) return new Response(bytes, response);
      if (how === "breaks")
        return new Response(
          inTwo(bytes, half, () => at(1), true),
          response,
        );
      return new Response(bytes.slice(0, half), response);
    });
    const program = await client.loader().load(PROJECT);
    const [first = 0, second = 0] = sizes;
    const [, again] = network.questions;
    const isSame = JSON.stringify(program.image) === JSON.stringify(image);
    const isLess = second < 0.8 * first && sizes.length === 2;
    const isOnly = client.requests.every((url) => url === `${EDGE}graph`);
    if (!isSame || !isLess || !isOnly || typeof again?.["lock"] !== "string") throw new Error(JSON.stringify(sizes));
  });

  it("that never holds leaves the rest to the registry", async ({ expect }) => {
    const network = await createEdgeNetwork(CHAIN);
    const client = network.client();
    network.change(async (response) => {
      const bytes = await bodyOf(response);
      return new Response(bytes.slice(0, Math.min(bytes.length >> 1, 9000)), response);
    });
    const program = await client.loader().load(PROJECT);
    expect(network.questions.length).toBeGreaterThan(1);
    expect(client.requests).toContain("https://registry.test/d/-/d-1.0.0.tgz");
    expect(program.packages.map(({ name, source }) => `${name} ${source}`)).toContain("a upstream");
    expect(warningsOf(client).at(-1)).toContain(`${EDGE} was passed over`);
  });

  it("R105: with wrong bytes in it is given up at once: they are not stored, and the registry is asked", async ({
    expect,
  }) => {
    const network = await createEdgeNetwork(CHAIN);
    const { image, lockfile } = await network.client().registryLoader().load(PROJECT);
    const places = 40;
    for (let place = 0; place < places; place++) {
      const client = network.client();
      network.change(async (response) => {
        const bytes = await bodyOf(response);
        const where = Math.floor(((place + 0.5) / places) * bytes.length);
        bytes[where] = (bytes[where] ?? 0) ^ 4;
        return new Response(bytes, response);
      });
      const program = await client.loader().load(PROJECT);
      expect(program.image, `byte ${place}`).toEqual(image);
      expect(program.lockfile).toBe(lockfile);
    }
  });

  it.each([
    [
      "an error",
      () => Response.json({ error: { code: "ERR_ROUTE_NOT_FOUND", message: "none", details: {} } }, { status: 404 }),
    ],
    ["a page", () => new Response("<!doctype html>", { headers: { "content-type": "text/html" } })],
    ["no answer", () => Promise.reject(new TypeError("no network"))],
    ["nothing", () => new Response(null, { status: 204 })],
  ])("to something that answers with %s is not used again", async (_name, answer) => {
    const network = await createEdgeNetwork(CHAIN);
    const client = network.client();
    network.change(answer);
    const program = await client.loader().load(PROJECT);
    const { image } = await network.client().registryLoader().load(PROJECT);
    const isSame = JSON.stringify(program.image) === JSON.stringify(image);
    if (!isSame || network.questions.length !== 1 || warningsOf(client).length !== 1)
      throw new Error(JSON.stringify(client.events));
  });

  it("ends with the load", async ({ expect }) => {
    const network = await createEdgeNetwork(CHAIN);
    const canceller = new AbortController();
    network.change(async (response) => {
      const bytes = await bodyOf(response);
      const hold = async (): Promise<void> => {
        canceller.abort(new Error("enough"));
        await new Promise(() => undefined);
      };
      return new Response(inTwo(bytes, 100, hold), response);
    });
    const client = network.client();
    await expect(client.loader().load(PROJECT, { signal: canceller.signal })).rejects.toThrow("enough");
    expect(client.requests).toEqual([`${EDGE}graph`]);
  });

  it("carries frames in the order in which they are needed, the lockfile first", async ({ expect }) => {
    const network = await createEdgeNetwork(CHAIN);
    let kinds: string[] = [];
    network.change(async (response) => {
      const bytes = await bodyOf(response);
      kinds = kindsOf(bytes);
      return new Response(bytes, response);
    });
    await network.client().loader().load(PROJECT);
    const each = ["index", "files"];
    expect(kinds).toEqual(["lock", ...each, ...each, ...each, ...each, "end"]);
  });
});
