import { LoaderError } from "../../errors.ts";
import type { ByteStore, ListedRecord, RecordStore, StoreRecord } from "../../store/byte-store.ts";

/** What KV takes in one value, bytes. */
export const MAX_VALUE_SIZE = 25 * 1024 * 1024;

/**
 * Objects in Workers KV under `object:<digest>`, after `prefix` where the namespace is not this store's alone. KV has neither transactions nor a conditional write: two writers that meet
 * on a key may both hear that it was new, which is harmless where the key is the digest of the value.
 */
export function createKvByteStore(namespace: KVNamespace, prefix = ""): ByteStore {
  const objectKey = (digest: string): string => `${prefix}object:${digest}`;
  const get = async (key: string): Promise<Uint8Array<ArrayBuffer> | undefined> => {
    const buffer = await call(() => namespace.get(objectKey(key), "arrayBuffer"));
    return buffer === null ? undefined : new Uint8Array(buffer);
  };
  const putMany = (entries: Iterable<readonly [string, Uint8Array<ArrayBuffer>]>): Promise<number> =>
    writeAll(namespace, new Map([...entries].toReversed().map(([digest, bytes]) => [objectKey(digest), bytes])));
  return {
    name: "kv",
    get,
    getMany: (keys) => Promise.all(keys.map(get)),
    put: async (key, bytes) => (await putMany([[key, bytes]])) === 1,
    putMany: async (entries) => putMany(entries),
    delete: (key) => call(() => namespace.delete(objectKey(key))),
    keys: async () => (await listAll(namespace, objectKey(""))).map(({ key }) => key),
  };
}

/** The index in Workers KV, JSON under `record:<key>`, after `prefix`; what a list tells is in the metadata of its value. */
export function createKvRecordStore(namespace: KVNamespace, prefix = ""): RecordStore {
  const recordKey = (key: string): string => `${prefix}record:${key}`;
  return {
    async read(key) {
      const text = await call(() => namespace.get(recordKey(key), "text"));
      return text === null ? undefined : parseRecord(key, text);
    },
    write: (key, record) => {
      const { digest, size, time } = record;
      const listed = { digest, size, time };
      return call(() => namespace.put(recordKey(key), JSON.stringify(record), { metadata: listed }));
    },
    remove: (key) => call(() => namespace.delete(recordKey(key))),
    list: () => listAll(namespace, recordKey("")),
  };
}

/** Keys after `prefix`, a thousand at a time, each with its metadata. */
async function listAll(namespace: KVNamespace, prefix: string): Promise<ListedRecord[]> {
  const found: ListedRecord[] = [];
  let cursor: string | null = null;
  do {
    const page: KVNamespaceListResult<Omit<ListedRecord, "key">> = await call(() => namespace.list({ prefix, cursor }));
    for (const { name, metadata } of page.keys) found.push({ ...metadata, key: name.slice(prefix.length) });
    cursor = page.list_complete ? null : page.cursor;
  } while (cursor !== null);
  return found;
}

/** Writes what is new, by the keys of the namespace, and takes it all back if one write fails. */
async function writeAll(
  namespace: KVNamespace,
  objects: ReadonlyMap<string, Uint8Array<ArrayBuffer>>,
): Promise<number> {
  for (const bytes of objects.values()) assertFits(bytes);
  const taken = await Promise.all([...objects.keys()].map((key) => exists(namespace, key)));
  const added = [...objects].filter((_, index) => !taken[index]);
  const writes = await Promise.allSettled(added.map(([key, bytes]) => call(() => namespace.put(key, bytes))));
  const failure = writes.find((write) => write.status === "rejected");
  if (failure === undefined) return added.length;
  await Promise.all(added.map(([key]) => call(() => namespace.delete(key))));
  throw failure.reason;
}

function assertFits({ length }: Uint8Array): void {
  if (length <= MAX_VALUE_SIZE) return;
  const message = `Workers KV takes values of up to ${MAX_VALUE_SIZE} bytes, this one has ${length}`;
  throw new LoaderError("ERR_STORE_QUOTA", message, { size: length, limit: MAX_VALUE_SIZE });
}

async function exists(namespace: KVNamespace, key: string): Promise<boolean> {
  const stream = await call(() => namespace.get(key, "stream"));
  await stream?.cancel();
  return stream !== null;
}

function parseRecord(key: string, text: string): StoreRecord {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LoaderError("ERR_STORE_CORRUPT", `The stored record of "${key}" is damaged: it is not JSON`, {}, cause);
  }
}

async function call<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LoaderError("ERR_STORE_UNAVAILABLE", `Workers KV cannot be used: ${reason}`, {}, cause);
  }
}
