import type { ByteStore } from "../../store/byte-store.ts";
import { callR2 } from "./call-r2.ts";
import { createKvByteStore, MAX_VALUE_SIZE } from "./kv-store.ts";

/** Objects in Workers KV, and in an R2 bucket, under `objects/<digest>`, what is too large for it. */
export function createTieredByteStore(namespace: KVNamespace, bucket: R2Bucket): ByteStore {
  const kv = createKvByteStore(namespace);
  const get = async (key: string): Promise<Uint8Array<ArrayBuffer> | undefined> =>
    (await kv.get(key)) ?? readLarge(bucket, key);
  const putMany: ByteStore["putMany"] = async (entries) => {
    const objects = [...new Map([...entries].toReversed())];
    const large = objects.filter(([, { length }]) => length > MAX_VALUE_SIZE);
    const added: string[] = [];
    try {
      for (const [key, bytes] of large) if (await writeLarge(bucket, key, bytes)) added.push(key);
      const small = objects.filter(([, { length }]) => length <= MAX_VALUE_SIZE);
      return added.length + (small.length === 0 ? 0 : await kv.putMany(small));
    } catch (error) {
      await Promise.all(added.map((key) => callR2(() => bucket.delete(objectKey(key)))));
      throw error;
    }
  };
  return {
    name: "kv and r2",
    get,
    getMany: (keys) => Promise.all(keys.map(get)),
    put: async (key, bytes) => (await putMany([[key, bytes]])) === 1,
    putMany,
    delete: async (key) => {
      await Promise.all([kv.delete(key), callR2(() => bucket.delete(objectKey(key)))]);
    },
  };
}

const objectKey = (digest: string): string => `objects/${digest}`;

async function readLarge(bucket: R2Bucket, key: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const object = await callR2(() => bucket.get(objectKey(key)));
  return object === null ? undefined : new Uint8Array(await callR2(() => object.arrayBuffer()));
}

/** Whether it was new. */
async function writeLarge(bucket: R2Bucket, key: string, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const written = await callR2(() => bucket.put(objectKey(key), bytes, { onlyIf: { etagDoesNotMatch: "*" } }));
  return written !== null;
}
