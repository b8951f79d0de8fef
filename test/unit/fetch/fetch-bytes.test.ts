import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { LoaderError } from "../../../src/errors.ts";
import { fetchBytes, type FetchBytesRequest } from "../../../src/fetch/fetch-bytes.ts";
import { createHasher } from "../../../src/verify/digest.ts";
import { formatIntegrity } from "../../../src/verify/integrity.ts";
import { createFakeNetwork, streamOf } from "../../fixtures/fake-network.ts";

const URL_A = "https://registry.test/a.tgz";
const hello = new TextEncoder().encode("hello");
const request = (more: Partial<FetchBytesRequest> = {}): FetchBytesRequest => ({
  url: URL_A,
  subject: "a@1.0.0",
  limit: 1000,
  ...more,
});
const neverAnswers = new Promise<never>(() => undefined);

function sha512(bytes: Uint8Array): string {
  const hasher = createHasher("sha512");
  hasher.update(bytes);
  return formatIntegrity("sha512", hasher.digest());
}

/** What the promise gave or threw, when every timer has run. */
async function settled(promise: Promise<unknown>): Promise<unknown> {
  const outcome = promise.then(
    (value) => value,
    (error: unknown) => error,
  );
  await vi.runAllTimersAsync();
  return outcome;
}

let startedAt = 0;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: 1_790_000_000_000 });
  startedAt = Date.now();
});
afterEach(() => void vi.useRealTimers());

describe("an answer", () => {
  it("is given with its final URL, headers and status", async ({ expect }) => {
    const response = new Response(hello, { headers: { etag: '"1"' } });
    Object.defineProperty(response, "url", { value: "https://cdn.test/b.tgz" });
    const { context } = createFakeNetwork(() => response);
    const fetched = await fetchBytes(context, request());
    expect(fetched).toMatchObject({ bytes: hello, url: "https://cdn.test/b.tgz", status: 200, integrity: "" });
    expect(fetched.headers.get("etag")).toBe('"1"');
  });

  it("is put together from its chunks, with progress for each", async ({ expect }) => {
    const chunks = [hello.subarray(0, 2), hello.subarray(2, 3), hello.subarray(3)];
    const headers = { "content-length": "5", "raya-source": "edge" };
    const { context, events } = createFakeNetwork(() => new Response(streamOf(chunks), { headers }));
    expect((await fetchBytes(context, request())).bytes).toEqual(hello);
    const progress = { stage: "fetch", kind: "progress", subject: "a@1.0.0", total: 5, source: "edge" };
    expect(events).toEqual([
      { stage: "fetch", kind: "start", subject: "a@1.0.0" },
      { ...progress, bytes: 2 },
      { ...progress, bytes: 3 },
      { ...progress, bytes: 5 },
      { stage: "fetch", kind: "done", subject: "a@1.0.0", bytes: 5, source: "edge", ms: 0 },
    ]);
  });

  it("may be empty", async ({ expect }) => {
    const { context } = createFakeNetwork(() => new Response(null));
    expect((await fetchBytes(context, request())).bytes).toEqual(new Uint8Array());
  });

  it("carries the headers that were asked for, and nothing of the caller's", async ({ expect }) => {
    const { context, requests } = createFakeNetwork(() => new Response(hello));
    await fetchBytes(context, request({ headers: { accept: "application/json" }, referrer: "/main.ts" }));
    expect([...(requests[0]?.headers ?? [])]).toEqual([["accept", "application/json"]]);
  });

  it("is refused by `accept` before its body is read", async ({ expect }) => {
    const { context, requests } = createFakeNetwork(() => new Response(streamOf([], "stalls")));
    const refusal = new LoaderError("ERR_UNEXPECTED_TYPE", "not this");
    const fetching = fetchBytes(
      context,
      request({
        accept: () => {
          throw refusal;
        },
      }),
    );
    expect(await settled(fetching)).toBe(refusal);
    expect(requests).toHaveLength(1);
    expect(requests[0]?.signal?.aborted).toBe(true);
  });
});

describe("integrity", () => {
  it("R93 P45: is compared while the body streams, and given back as SHA-512", async ({ expect }) => {
    const { context } = createFakeNetwork(() => new Response(streamOf([hello.subarray(0, 4), hello.subarray(4)])));
    const fetched = await fetchBytes(context, request({ integrity: "sha1-qvTGHdzF6KLavt4PO0gs2a6pQ00=" }));
    expect(fetched.integrity).toBe(sha512(hello));
  });

  it("R105 P88: of other bytes fails with both digests, the size and the package, and is not tried again", async ({
    expect,
  }) => {
    const { context, requests, events } = createFakeNetwork(() => new Response(hello));
    const expected = sha512(new TextEncoder().encode("hellp"));
    const fetching = fetchBytes(
      context,
      request({ integrity: expected, package: "a@1.0.0", referrer: "/main.ts:1:1" }),
    );
    expect(await settled(fetching)).toMatchObject({
      code: "ERR_INTEGRITY_MISMATCH",
      details: { expected, actual: sha512(hello), size: 5, package: "a@1.0.0", referrer: "/main.ts:1:1", url: URL_A },
    });
    expect(requests).toHaveLength(1);
    expect(events.at(-1)).toMatchObject({ stage: "verify", kind: "fail", subject: "a@1.0.0" });
  });

  it("that cannot be checked stops the fetch, it is not passed over", async ({ expect }) => {
    const { context, requests } = createFakeNetwork(() => new Response(hello));
    const fetching = fetchBytes(context, request({ integrity: "md5-XUFAKrxLKna5cZ2REBfFkg==" }));
    expect(await settled(fetching)).toMatchObject({ code: "ERR_INTEGRITY_UNSUPPORTED" });
    expect(requests).toHaveLength(1);
  });
});

describe("the size limit", () => {
  it("refuses by Content-Length before anything is read", async ({ expect }) => {
    const { context, events } = createFakeNetwork(() => new Response(hello, { headers: { "content-length": "5" } }));
    const outcome = await settled(fetchBytes(context, request({ limit: 4 })));
    expect(outcome).toMatchObject({ code: "ERR_SIZE_LIMIT", details: { limit: 4, size: 5 } });
    expect(events.map(({ kind }) => kind)).toEqual(["start", "fail"]);
  });

  it("stops a body without end, soon after the limit, and does not ask again", async ({ expect }) => {
    let pulled = 0;
    let cancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(100));
      },
      cancel() {
        cancelled = true;
      },
    });
    const { context, requests } = createFakeNetwork(() => new Response(endless));
    expect(await settled(fetchBytes(context, request({ limit: 1000 })))).toMatchObject({ code: "ERR_SIZE_LIMIT" });
    expect(pulled).toBeLessThan(20);
    expect(cancelled).toBe(true);
    expect(requests).toHaveLength(1);
  });

  it("lets exactly the limit through", async ({ expect }) => {
    const { context } = createFakeNetwork(() => new Response(hello));
    expect((await fetchBytes(context, request({ limit: 5 }))).bytes).toEqual(hello);
  });
});

describe("silence", () => {
  it("before the head is a timeout, after all attempts", async ({ expect }) => {
    const { context, requests } = createFakeNetwork(() => neverAnswers);
    const outcome = await settled(fetchBytes(context, request()));
    expect(outcome).toMatchObject({ code: "ERR_FETCH_TIMEOUT", retryable: true, details: { limit: 30_000 } });
    expect(requests).toHaveLength(3);
    expect(requests.every(({ signal }) => signal?.aborted)).toBe(true);
  });

  it("in the middle of a body is a timeout too", async ({ expect }) => {
    const { context, requests } = createFakeNetwork(() => new Response(streamOf([hello], "stalls")));
    expect(await settled(fetchBytes(context, request()))).toMatchObject({ code: "ERR_FETCH_TIMEOUT" });
    expect(requests).toHaveLength(3);
  });

  it("is measured between chunks: a slow but steady body arrives", async ({ expect }) => {
    let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
    const body = new ReadableStream<Uint8Array>({ start: (own) => void (controller = own) });
    const { context, requests } = createFakeNetwork(() => new Response(body), { fetchTimeout: 1000 });
    const fetching = fetchBytes(context, request());
    for (const byte of hello) {
      await vi.advanceTimersByTimeAsync(900);
      controller?.enqueue(Uint8Array.of(byte));
    }
    await vi.advanceTimersByTimeAsync(900);
    controller?.close();
    expect((await fetching).bytes).toEqual(hello);
    expect(requests).toHaveLength(1);
  });

  it("leaves no timer behind once the answer is there", async ({ expect }) => {
    const { context } = createFakeNetwork(() => new Response(hello));
    await fetchBytes(context, request());
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("R114: retry", () => {
  it.for([408, 429, 500, 502, 503, 504])("repeats a %i three times in all", async (status, { expect }) => {
    const { context, requests } = createFakeNetwork(() => new Response("no", { status }));
    const outcome = await settled(fetchBytes(context, request()));
    expect(outcome).toMatchObject({ code: "ERR_FETCH_STATUS", details: { status, url: URL_A } });
    expect(requests).toHaveLength(3);
  });

  it.for([400, 401, 403, 404, 410])("does not repeat a %i", async (status, { expect }) => {
    const { context, requests } = createFakeNetwork(() => new Response("no", { status }));
    expect(await settled(fetchBytes(context, request()))).toMatchObject({
      code: "ERR_FETCH_STATUS",
      details: { status },
    });
    expect(requests).toHaveLength(1);
  });

  it("R126: names the cause of a connection that fails", async ({ expect }) => {
    const refused = new TypeError("connection refused");
    const { context, requests } = createFakeNetwork(() => Promise.reject(refused));
    const outcome = await settled(fetchBytes(context, request()));
    expect(outcome).toMatchObject({ code: "ERR_FETCH_FAILED", cause: refused });
    expect(String(outcome)).toContain("a@1.0.0");
    expect(requests).toHaveLength(3);
  });

  it("gets the answer that a later attempt brings, with a warning for each before it", async ({ expect }) => {
    const { context, events } = createFakeNetwork((_, count) =>
      count < 3 ? new Response(null, { status: 503 }) : new Response(hello),
    );
    expect(await settled(fetchBytes(context, request()))).toMatchObject({ bytes: hello });
    expect(events.map(({ kind }) => kind)).toEqual(["start", "warning", "warning", "progress", "done"]);
  });

  it.for([
    ["whole", 0, 100 + 200 + 400],
    ["three quarters", 0.5, 75 + 150 + 300],
  ] as const)("waits twice as long each time, or by chance less: %s", async ([, chance, waited], { expect }) => {
    const { context, requests } = createFakeNetwork(() => new Response(null, { status: 503 }), {
      attempts: 4,
      retryDelay: 100,
    });
    const outcome = settled(fetchBytes({ ...context, random: () => chance }, request()));
    expect(await outcome).toMatchObject({ code: "ERR_FETCH_STATUS" });
    expect(requests).toHaveLength(4);
    expect(Date.now() - startedAt).toBe(waited);
  });

  it("waits as long as Retry-After says, in seconds", async ({ expect }) => {
    const headers = { "retry-after": "7" };
    const { context } = createFakeNetwork((_, count) =>
      count === 1 ? new Response(null, { status: 429, headers }) : new Response(hello),
    );
    expect(await settled(fetchBytes(context, request()))).toMatchObject({ bytes: hello });
    expect(Date.now() - startedAt).toBe(7000);
  });

  it("waits until the date that Retry-After names, wherever the host's clock started", async ({ expect }) => {
    const headers = { "retry-after": new Date(startedAt + 5000).toUTCString() };
    const { context: inTime } = createFakeNetwork((_, count) =>
      count === 1 ? new Response(null, { status: 503, headers }) : new Response(hello),
    );
    const context = { ...inTime, host: { ...inTime.host, now: () => Date.now() - startedAt } };
    expect(await settled(fetchBytes(context, request()))).toMatchObject({ bytes: hello });
    expect(Date.now() - startedAt).toBe(5000);
  });

  it("does not wait longer than the timeout, whatever Retry-After says", async ({ expect }) => {
    const headers = { "retry-after": "86400" };
    const { context } = createFakeNetwork((_, count) =>
      count === 1 ? new Response(null, { status: 503, headers }) : new Response(hello),
    );
    expect(await settled(fetchBytes(context, request()))).toMatchObject({ bytes: hello });
    expect(Date.now() - startedAt).toBe(30_000);
  });

  it("takes its own pace when Retry-After makes no sense", async ({ expect }) => {
    const headers = { "retry-after": "soon" };
    const { context } = createFakeNetwork((_, count) =>
      count === 1 ? new Response(null, { status: 503, headers }) : new Response(hello),
    );
    const unhurried = { ...context, random: () => 0 };
    expect(await settled(fetchBytes(unhurried, request()))).toMatchObject({ bytes: hello });
    expect(Date.now() - startedAt).toBe(250);
  });
});

describe("a body that is cut off", () => {
  const cutOff = (headers: Record<string, string>): Response =>
    new Response(streamOf([hello.subarray(0, 3)]), { headers });

  it("against its Content-Length is a failed fetch, and tried again", async ({ expect }) => {
    const { context, requests } = createFakeNetwork(() => cutOff({ "content-length": "5" }));
    const outcome = await settled(fetchBytes(context, request()));
    expect(outcome).toMatchObject({ code: "ERR_FETCH_FAILED", retryable: true, details: { size: 3 } });
    expect(requests).toHaveLength(3);
  });

  it("cannot be told by the Content-Length of a compressed answer", async ({ expect }) => {
    const { context } = createFakeNetwork(() => cutOff({ "content-length": "5", "content-encoding": "gzip" }));
    expect((await fetchBytes(context, request())).bytes).toEqual(hello.subarray(0, 3));
  });

  it("by the connection is a failed fetch, and the next attempt starts from nothing", async ({ expect }) => {
    const { context } = createFakeNetwork((_, count) => {
      if (count > 1) return new Response(hello);
      const chunks = [hello.subarray(0, 3)];
      const pull = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
        const chunk = chunks.shift();
        if (chunk === undefined) controller.error(new TypeError("connection reset"));
        else controller.enqueue(chunk);
      };
      return new Response(new ReadableStream({ pull }));
    });
    const integrity = sha512(hello);
    expect(await settled(fetchBytes(context, request({ integrity })))).toMatchObject({ bytes: hello, integrity });
  });
});

describe("an abort", () => {
  const reason = { why: "the visitor pressed Stop" };

  it("before the start makes no request", async ({ expect }) => {
    const { context, requests } = createFakeNetwork(() => new Response(hello));
    expect(await settled(fetchBytes(context, request({ signal: AbortSignal.abort(reason) })))).toBe(reason);
    expect(requests).toEqual([]);
  });

  it.for([
    ["while the head is awaited", 3, () => neverAnswers],
    ["while the last head is awaited", 1, () => neverAnswers],
    ["in the middle of a body", 3, () => new Response(streamOf([hello], "stalls"))],
    ["between two attempts", 3, () => new Response(null, { status: 503, headers: { "retry-after": "20" } })],
  ] as const)("%s rejects with the signal's reason, untouched", async ([, attempts, answer], { expect }) => {
    const { context, requests } = createFakeNetwork(answer, { attempts });
    const controller = new AbortController();
    const outcome = fetchBytes(context, request({ signal: controller.signal })).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(1000);
    controller.abort(reason);
    expect(await outcome).toBe(reason);
    await vi.runAllTimersAsync();
    expect(requests).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("an edge's own error", () => {
  const answer = (error: unknown, status: number): Response => Response.json({ error }, { status });

  it("comes out as it was raised there", async ({ expect }) => {
    const error = {
      code: "ERR_ORIGIN_NOT_ALLOWED",
      stage: "fetch",
      message: "not from there",
      details: { url: "https://x.test/" },
    };
    const { context, requests } = createFakeNetwork(() => answer(error, 403));
    const outcome = await settled(fetchBytes(context, request()));
    expect(outcome).toMatchObject({ code: error.code, message: error.message, details: error.details });
    expect(requests).toHaveLength(1);
  });

  it("is repeated when it is one that may pass", async ({ expect }) => {
    const error = { code: "ERR_FETCH_TIMEOUT", stage: "fetch", message: "upstream is slow", details: {} };
    const { context, requests } = createFakeNetwork(() => answer(error, 504));
    expect(await settled(fetchBytes(context, request()))).toMatchObject({
      code: "ERR_FETCH_TIMEOUT",
      message: "upstream is slow",
    });
    expect(requests).toHaveLength(3);
  });

  it.for([
    ["with a code that is not in the table", { code: "constructor", message: "x", details: {} }],
    ["that is a registry's text", "not found"],
    ["that is nothing", null],
  ] as const)("%s is no more than its status", async ([, error], { expect }) => {
    const { context } = createFakeNetwork(() => answer(error, 400));
    expect(await settled(fetchBytes(context, request()))).toMatchObject({
      code: "ERR_FETCH_STATUS",
      details: { status: 400 },
    });
  });

  it.for([
    ["broken JSON", new TextEncoder().encode('{"error":')],
    ["a flood", new Uint8Array(100_000)],
  ] as const)("that is %s is no more than its status", async ([, body], { expect }) => {
    const headers = { "content-type": "application/json" };
    const { context } = createFakeNetwork(() => new Response(body, { status: 404, headers }));
    expect(await settled(fetchBytes(context, request()))).toMatchObject({
      code: "ERR_FETCH_STATUS",
      details: { status: 404 },
    });
  });
});
