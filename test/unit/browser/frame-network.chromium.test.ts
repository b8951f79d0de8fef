import { afterAll, beforeAll, describe, it } from "vitest";
import { interceptNetwork } from "../../../src/platform/browser/frame-network.ts";

const BASE = "https://app.test/~/";
const files = new Map([
  ["project/data.json", { text: '{"a":1}', type: "application/json" }],
  ["pack@1.0.0/x.wasm", { text: "\0asm\u0001\0\0\0", type: "application/wasm" }],
]);
const native = { fetch: globalThis.fetch, XMLHttpRequest: globalThis.XMLHttpRequest };

beforeAll(() => {
  interceptNetwork({
    base: BASE,
    baseUrl: () => `${BASE}project/main.js`,
    readAsset: async (url) => {
      if (url.endsWith("/broken")) throw new Error("the page is gone");
      const file = files.get(url.slice(BASE.length));
      return file && { bytes: new TextEncoder().encode(file.text), type: file.type };
    },
  });
});
afterAll(() => Object.assign(globalThis, native));

describe("fetch", () => {
  it("gives files of the program, by relative and absolute URL, string, URL and Request", async ({ expect }) => {
    const response = await fetch("./data.json");
    expect([response.status, response.url, response.headers.get("content-type")]).toEqual([
      200,
      `${BASE}project/data.json`,
      "application/json",
    ]);
    expect(await response.json()).toEqual({ a: 1 });
    expect(await (await fetch(new URL("../pack@1.0.0/x.wasm", `${BASE}project/`))).text()).toHaveLength(8);
    expect(await (await fetch(new Request(`${BASE}project/data.json`))).json()).toEqual({ a: 1 });
    expect(await (await fetch("data.json", { method: "HEAD" })).text()).toBe("");
  });

  it("a .wasm file can be streamed into an instance", async ({ expect }) => {
    const { instance } = await WebAssembly.instantiateStreaming(fetch("../pack@1.0.0/x.wasm"));
    expect(instance).toBeInstanceOf(WebAssembly.Instance);
  });

  it("what is not there is a 404 that says so; what was given up is not answered", async ({ expect }) => {
    const response = await fetch("nothing.txt");
    expect([response.status, await response.text()]).toEqual([
      404,
      '"https://app.test/~/project/nothing.txt" is not part of the program',
    ]);
    await expect(fetch("data.json", { signal: AbortSignal.abort() })).rejects.toThrow(
      expect.objectContaining({ name: "AbortError" }),
    );
    await expect(fetch("broken")).rejects.toThrow("the page is gone");
  });

  it("everything else goes out as usual", async ({ expect }) => {
    expect(await (await fetch("data:text/plain,hello")).text()).toBe("hello");
  });
});

/** Sends a request and gives its events in order, once it has ended. */
function send(request: XMLHttpRequest): Promise<string[]> {
  const events: string[] = [];
  for (const type of ["load", "error", "abort"]) request.addEventListener(type, () => events.push(type));
  const ended = new Promise<string[]>((resolve) => request.addEventListener("loadend", () => resolve(events)));
  request.send();
  return ended;
}

describe("XMLHttpRequest", () => {
  it("gives files of the program, in every response type", async ({ expect }) => {
    const request = new XMLHttpRequest();
    request.open("GET", "../pack@1.0.0/x.wasm");
    request.responseType = "arraybuffer";
    expect(await send(request)).toEqual(["load"]);
    expect([request.status, request.responseURL, request.getResponseHeader("content-type")]).toEqual([
      200,
      `${BASE}pack@1.0.0/x.wasm`,
      "application/wasm",
    ]);
    expect((request.response as ArrayBuffer).byteLength).toBe(8);
    request.open("GET", "data.json");
    request.responseType = "json";
    expect(await send(request)).toContain("load");
    expect(request.response).toEqual({ a: 1 });
  });

  it("what is not there is a 404, what fails is an error", async ({ expect }) => {
    const request = new XMLHttpRequest();
    request.open("GET", "nothing.txt");
    expect(await send(request)).toEqual(["load"]);
    expect([request.status, request.statusText]).toEqual([404, "Not Found"]);
    const failing = new XMLHttpRequest();
    failing.open("GET", "broken");
    expect(await send(failing)).toEqual(["error"]);
    expect(failing.status).toBe(0);
  });

  it("a request that was given up is not answered", async ({ expect }) => {
    const request = new XMLHttpRequest();
    request.open("GET", "data.json");
    const ended = send(request);
    request.abort();
    await (await fetch("data.json")).text();
    expect([request.status, request.response]).toEqual([0, ""]);
    request.open("GET", "nothing.txt");
    request.send();
    await ended;
    expect(request.status).toBe(404);
  });

  it("cannot wait for the page", ({ expect }) => {
    const request = new XMLHttpRequest();
    request.open("GET", "data.json", false);
    expect(() => request.send()).toThrow(expect.objectContaining({ name: "NetworkError" }));
  });

  it("everything else goes out as usual", async ({ expect }) => {
    const request = new XMLHttpRequest();
    request.open("GET", "data:text/plain,hello");
    expect(await send(request)).toEqual(["load"]);
    expect([request.status, request.responseText]).toEqual([200, "hello"]);
  });
});
