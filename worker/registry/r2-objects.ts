import { callR2 } from "../../src/platform/workerd/call-r2.ts";
import type { Objects, WriteOptions } from "./objects.ts";

/** Objects in an R2 bucket, which is strongly consistent and knows conditional writes. */
export function createR2Objects(bucket: R2Bucket): Objects {
  return {
    async get(key) {
      const object = await callR2(() => bucket.get(key));
      if (object === null) return undefined;
      return { bytes: new Uint8Array(await callR2(() => object.arrayBuffer())), etag: object.etag };
    },
    async put(key, bytes, { over, summary = {} } = {}) {
      const onlyIf = conditionOf(over);
      const options = { customMetadata: { ...summary } };
      const written = await callR2(() =>
        bucket.put(key, bytes, onlyIf === undefined ? options : { ...options, onlyIf }),
      );
      return written !== null;
    },
    delete: (key) => callR2(() => bucket.delete(key)),
    list: (prefix) => listAll(bucket, prefix),
  };
}

function conditionOf(over: WriteOptions["over"]): R2Conditional | undefined {
  if (over === undefined) return undefined;
  return over === "nothing" ? { etagDoesNotMatch: "*" } : { etagMatches: over.etag };
}

async function listAll(bucket: R2Bucket, prefix: string) {
  const found: { key: string; summary: Record<string, string> }[] = [];
  let cursor: string | undefined;
  do {
    const options: R2ListOptions = { prefix, include: ["customMetadata"], ...(cursor === undefined ? {} : { cursor }) };
    const page = await callR2(() => bucket.list(options));
    for (const { key, customMetadata } of page.objects) found.push({ key, summary: customMetadata ?? {} });
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  return found;
}
