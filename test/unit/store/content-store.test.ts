import { describe, it } from "vitest";
import { LoaderError } from "../../../src/errors.ts";
import type { StageEvent } from "../../../src/events.ts";
import type { ByteStore, RecordStore } from "../../../src/store/byte-store.ts";
import { type ContentStore, createContentStore } from "../../../src/store/content-store.ts";
import { createMemoryByteStore, createMemoryRecordStore } from "../../../src/store/memory-store.ts";
import { sha256Hex } from "../../../src/verify/digest.ts";

const KEY = "archive:react@19.3.1";
const details = { package: "react@19.3.1" };
const good = new TextEncoder().encode("good bytes");
const bad = new TextEncoder().encode("bad bytes!");
const digest = await sha256Hex(good);
const badDigest = await sha256Hex(bad);
const NOW = 1_790_000_000_000;

interface Harness {
  readonly store: ContentStore;
  readonly bytes: ByteStore;
  readonly records: RecordStore;
  readonly events: StageEvent[];
}

function createHarness(bytes = createMemoryByteStore(), records = createMemoryRecordStore()): Harness {
  const events: StageEvent[] = [];
  const store = createContentStore({ bytes, records, now: () => NOW, emit: (event) => void events.push(event) });
  return { store, bytes, records, events };
}

/** As storage does when a disk fails or somebody meddles. */
async function damage({ bytes }: Harness): Promise<void> {
  await bytes.delete(digest);
  await bytes.put(digest, bad);
}

const produceGood = async (): Promise<{ bytes: Uint8Array<ArrayBuffer> }> => ({ bytes: good });
const produceNothing = (): Promise<never> => Promise.reject(new Error("must not be called"));

describe("write and read", () => {
  it("R4 P70 P71: keeps bytes under their SHA-256, and a record that points at them", async ({ expect }) => {
    const harness = createHarness();
    const record = await harness.store.write(KEY, good, { url: "https://a.test/" });
    expect(record).toEqual({ digest, size: good.length, time: NOW, metadata: { url: "https://a.test/" } });
    expect(await harness.bytes.get(digest)).toEqual(good);
    expect(await harness.store.read(KEY, details)).toEqual({ bytes: good, record });
  });

  it("R28 P72: keeps the same bytes once, whatever they are called", async ({ expect }) => {
    const harness = createHarness();
    const keys = ["archive:a@1.0.0", "archive:a@1.0.1", "url:https://a.test/a.js"];
    for (const key of keys) await harness.store.write(key, good);
    await harness.bytes.delete(digest);
    expect(await Promise.all(keys.map((key) => harness.store.read(key, {})))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("has nothing under a key that was never written, or that was removed", async ({ expect }) => {
    const { store } = createHarness();
    expect(await store.read(KEY, details)).toBeUndefined();
    await store.write(KEY, good);
    await store.remove(KEY);
    expect(await store.read(KEY, details)).toBeUndefined();
  });

  it("R26: points at nothing when the bytes could not be kept", async ({ expect }) => {
    const harness = createHarness(createMemoryByteStore({ maxBytes: 5 }));
    await expect(harness.store.write(KEY, good)).rejects.toMatchObject({ code: "ERR_STORE_QUOTA" });
    expect(await harness.records.read(KEY)).toBeUndefined();
  });

  it("R105: never gives damaged bytes: it removes them and says what they were", async ({ expect }) => {
    const harness = createHarness();
    await harness.store.write(KEY, good);
    await damage(harness);
    await expect(harness.store.read(KEY, details)).rejects.toMatchObject({
      code: "ERR_STORE_CORRUPT",
      details: { package: "react@19.3.1", expected: digest, actual: badDigest, size: bad.length },
    });
    expect(await harness.bytes.get(digest)).toBeUndefined();
    expect(await harness.records.read(KEY)).toBeUndefined();
    expect(await harness.store.read(KEY, details)).toBeUndefined();
  });

  it.for([
    ["with a digest that is none", { digest: "../../etc/passwd", size: 10, time: 0 }],
    ["with a digest in capitals", { digest: digest.toUpperCase(), size: 10, time: 0 }],
    ["without a digest", { size: 10, time: 0 }],
    ["that is text", "record"],
    ["that is null", null],
  ] as [string, unknown][])("removes a record %s", async ([, record], { expect }) => {
    let removed = "";
    const records: RecordStore = {
      read: async () => JSON.parse(JSON.stringify(record)),
      write: async () => undefined,
      remove: async (key) => void (removed = key),
    };
    const { store } = createHarness(createMemoryByteStore(), records);
    await expect(store.read(KEY, details)).rejects.toMatchObject({ code: "ERR_STORE_CORRUPT", details });
    expect(removed).toBe(KEY);
  });

  it("replaces damaged bytes that are already under the digest it writes to", async ({ expect }) => {
    const harness = createHarness();
    await harness.bytes.put(digest, bad);
    await harness.store.write(KEY, good);
    expect((await harness.store.read(KEY, details))?.bytes).toEqual(good);
  });
});

describe("an object that its record should not lead to", () => {
  const wrong = new LoaderError("ERR_ARTIFACT_INVALID", "it is another one", { expected: "a", actual: "b" });
  const check = (): never => {
    throw wrong;
  };

  it("R105: is not given, and the record goes; its bytes may be another key's", async ({ expect }) => {
    const harness = createHarness();
    await harness.store.write(KEY, good);
    await expect(harness.store.read(KEY, details, check)).rejects.toMatchObject({
      code: "ERR_STORE_CORRUPT",
      details: { package: "react@19.3.1", expected: "a", actual: "b" },
      cause: wrong,
    });
    expect(await harness.records.read(KEY)).toBeUndefined();
    expect(await harness.bytes.get(digest)).toEqual(good);
  });

  it("is replaced by load", async ({ expect }) => {
    const harness = createHarness();
    await harness.store.write(KEY, bad);
    const isGood = ({ record }: { record: { digest: string } }): void => {
      if (record.digest !== digest) throw wrong;
    };
    expect(await harness.store.load(KEY, details, produceGood, { check: isGood })).toMatchObject({ bytes: good });
    expect(harness.events.map(({ kind }) => kind)).toEqual(["heal"]);
    expect(await harness.store.load(KEY, details, produceNothing, { check: isGood })).toMatchObject({ hit: true });
  });

  it("may be said to have another size: its digest is what counts", async ({ expect }) => {
    const harness = createHarness();
    const record = await harness.store.write(KEY, good);
    await harness.records.write(KEY, { ...record, size: 1 });
    expect((await harness.store.read(KEY, details))?.bytes).toEqual(good);
  });
});

describe("load", () => {
  it("produces what is missing, keeps it, and has it the next time", async ({ expect }) => {
    const { store, events } = createHarness();
    const first = await store.load(KEY, details, async () => ({ bytes: good, metadata: 1 }));
    const second = await store.load(KEY, details, produceNothing);
    expect(first).toEqual({ bytes: good, record: { digest, size: good.length, time: NOW, metadata: 1 }, hit: false });
    expect(second).toEqual({ ...first, hit: true });
    expect(events).toEqual([
      { stage: "store", kind: "miss", subject: "react@19.3.1" },
      { stage: "store", kind: "hit", subject: "react@19.3.1", bytes: good.length },
    ]);
  });

  it("P89: heals what is damaged, and says so", async ({ expect }) => {
    const harness = createHarness();
    await harness.store.write(KEY, good);
    await damage(harness);
    expect(await harness.store.load(KEY, details, produceGood)).toMatchObject({ bytes: good, hit: false });
    expect(harness.events).toEqual([
      expect.objectContaining({ stage: "store", kind: "heal", subject: "react@19.3.1" }),
    ]);
    expect((await harness.store.read(KEY, details))?.bytes).toEqual(good);
  });

  it("names the damage, and why no good copy could be had", async ({ expect }) => {
    const harness = createHarness();
    await harness.store.write(KEY, good);
    await damage(harness);
    const offline = new LoaderError("ERR_NOT_CACHED", "the network is off");
    await expect(harness.store.load(KEY, details, () => Promise.reject(offline))).rejects.toMatchObject({
      code: "ERR_STORE_CORRUPT",
      details: { package: "react@19.3.1", expected: digest, actual: badDigest, size: bad.length },
      cause: offline,
    });
    expect(await harness.bytes.get(digest)).toBeUndefined();
  });

  it("passes an abort on untouched, while healing too", async ({ expect }) => {
    const harness = createHarness();
    const abort = (): Promise<never> => Promise.reject("the visitor pressed Stop");
    await expect(harness.store.load(KEY, details, abort)).rejects.toBe("the visitor pressed Stop");
    await harness.store.write(KEY, good);
    await damage(harness);
    await expect(harness.store.load(KEY, details, abort)).rejects.toBe("the visitor pressed Stop");
  });

  it("keeps nothing of a production that fails, and tries again the next time", async ({ expect }) => {
    const harness = createHarness();
    const failure = new LoaderError("ERR_INTEGRITY_MISMATCH", "flipped");
    await expect(harness.store.load(KEY, details, () => Promise.reject(failure))).rejects.toBe(failure);
    expect(await harness.records.read(KEY)).toBeUndefined();
    expect(await harness.store.load(KEY, details, produceGood)).toMatchObject({ bytes: good, hit: false });
  });

  it("produces once for all who load one key at the same time", async ({ expect }) => {
    const { store } = createHarness();
    let runs = 0;
    const produce = (): Promise<{ bytes: Uint8Array<ArrayBuffer> }> => {
      runs += 1;
      return produceGood();
    };
    await Promise.all([
      store.load(KEY, details, produce),
      store.load(KEY, details, produce),
      store.load("other", {}, produce),
    ]);
    expect(runs).toBe(2);
  });

  it("produces anew when the record is there and its bytes are not", async ({ expect }) => {
    const harness = createHarness();
    await harness.store.write(KEY, good);
    await harness.bytes.delete(digest);
    expect(await harness.store.load(KEY, details, produceGood)).toMatchObject({ bytes: good, hit: false });
    expect((await harness.store.read(KEY, details))?.bytes).toEqual(good);
  });

  it("does not take an unusable store for a damaged one", async ({ expect }) => {
    const unavailable = new LoaderError("ERR_STORE_UNAVAILABLE", "blocked");
    const records: RecordStore = { ...createMemoryRecordStore(), read: () => Promise.reject(unavailable) };
    const { store } = createHarness(createMemoryByteStore(), records);
    await expect(store.load(KEY, details, produceGood)).rejects.toBe(unavailable);
  });
});

describe("a store without room", () => {
  it("R26: keeps nobody from using what has been produced: it is said, and produced again", async ({ expect }) => {
    const harness = createHarness(createMemoryByteStore({ maxBytes: 5 }));
    for (let run = 1; run <= 2; run += 1) {
      expect(await harness.store.load(KEY, details, produceGood)).toMatchObject({ bytes: good, hit: false });
    }
    expect(await harness.records.read(KEY)).toBeUndefined();
    const warnings = harness.events.filter(({ kind }) => kind === "warning");
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toMatchObject({ stage: "store", subject: "react@19.3.1" });
  });
});
