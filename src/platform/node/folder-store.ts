import { createHash, randomUUID } from "node:crypto";
import { link, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isLoaderError, LoaderError } from "../../errors.ts";
import type { ByteStore, ListedRecord, RecordStore, StoreRecord } from "../../store/byte-store.ts";

/**
 * Objects as files, `<folder>/objects/<digest>`. A file gets its name when it is whole: it is written in `<folder>/tmp`
 * and linked from there, which fails where the name is taken. Processes may share the folder.
 */
export function createFolderByteStore(folder: string): ByteStore {
  const objects = join(folder, "objects");
  const pathOf = (key: string): string => join(objects, encodeURIComponent(key));
  const get: ByteStore["get"] = async (key) => {
    const found = await call(() => orMissing(readFile(pathOf(key))));
    return found && new Uint8Array(found);
  };
  const putMany: ByteStore["putMany"] = async (entries) => {
    const staged = new Map<string, string>();
    const added: string[] = [];
    try {
      for (const [key, bytes] of entries) if (!staged.has(key)) staged.set(key, await stage(folder, bytes));
      for (const [key, path] of staged) if (await linkNew(path, pathOf(key))) added.push(key);
      return added.length;
    } catch (error) {
      for (const key of added) await removeFile(pathOf(key));
      throw error;
    } finally {
      for (const path of staged.values()) await removeFile(path);
    }
  };
  return {
    name: "folder",
    get,
    getMany: (keys) => Promise.all(keys.map(get)),
    put: async (key, bytes) => (await putMany([[key, bytes]])) === 1,
    putMany,
    delete: (key) => removeFile(pathOf(key)),
    keys: async () => (await listFolder(objects)).map(decodeURIComponent),
  };
}

/**
 * The index as files, `<folder>/records/<SHA-256 of the key>`, JSON with the key in it: keys are longer than names may be. A
 * record takes the place of another in one step.
 */
export function createFolderRecordStore(folder: string): RecordStore {
  const records = join(folder, "records");
  const pathOf = (key: string): string => join(records, createHash("sha256").update(key).digest("hex"));
  const readAt = async (path: string, key: string): Promise<NamedRecord | undefined> => {
    const text = await call(() => orMissing(readFile(path, "utf8")));
    return text === undefined ? undefined : parseRecord(text, key);
  };
  return {
    async read(key) {
      const found = await readAt(pathOf(key), key);
      if (found === undefined) return undefined;
      const { key: _, ...record } = found;
      return record;
    },
    async write(key, record) {
      const path = await stage(folder, JSON.stringify({ key, ...record }));
      await call(() => inFolder(records, () => rename(path, pathOf(key))));
    },
    remove: (key) => removeFile(pathOf(key)),
    async list() {
      const names = await listFolder(records);
      const found = await Promise.all(
        names.map((name) => readListed(readAt(join(records, name), name), join(records, name))),
      );
      return found.filter((record) => record !== undefined);
    },
  };
}

/** How old a file without a name is when nobody is writing it any more, milliseconds. */
const ABANDONED = 86_400_000;

/**
 * Throws away what processes that were ended have left of their downloads.
 * @returns bytes that are free now
 * @throws LoaderError ERR_STORE_UNAVAILABLE
 */
export async function sweepFolder(folder: string): Promise<number> {
  const staging = join(folder, "tmp");
  let freed = 0;
  for (const name of await listFolder(staging)) {
    const found = await call(() => orMissing(stat(join(staging, name))));
    if (found === undefined || Date.now() - found.mtimeMs < ABANDONED) continue;
    await removeFile(join(staging, name));
    freed += found.size;
  }
  return freed;
}

type NamedRecord = StoreRecord & { readonly key: string };

/** One that cannot be read has no key by which anybody could remove it: it goes. */
async function readListed(reading: Promise<NamedRecord | undefined>, path: string): Promise<ListedRecord | undefined> {
  try {
    const found = await reading;
    if (found === undefined) return undefined;
    const { key, digest, size, time } = found;
    return { key, digest, size, time };
  } catch (error) {
    if (!isLoaderError(error) || error.code !== "ERR_STORE_CORRUPT") throw error;
    await removeFile(path);
    return undefined;
  }
}

function parseRecord(text: string, key: string): NamedRecord {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LoaderError("ERR_STORE_CORRUPT", `The stored record of "${key}" is damaged: it is not JSON`, {}, cause);
  }
}

/** Writes a file that has no name yet. */
async function stage(folder: string, content: Uint8Array | string): Promise<string> {
  const staging = join(folder, "tmp");
  const path = join(staging, randomUUID());
  await call(() => inFolder(staging, () => writeFile(path, content, { flag: "wx" })));
  return path;
}

/** Whether the name was free. */
async function linkNew(path: string, target: string): Promise<boolean> {
  return call(async () => {
    try {
      await inFolder(dirname(target), () => link(path, target));
      return true;
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
      return false;
    }
  });
}

/** Folders are made when they are first needed. */
async function inFolder(folder: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    await mkdir(folder, { recursive: true });
    await work();
  }
}

async function listFolder(folder: string): Promise<string[]> {
  return (await call(() => orMissing(readdir(folder)))) ?? [];
}

function removeFile(path: string): Promise<void> {
  return call(() => rm(path, { force: true }));
}

async function orMissing<Found>(reading: Promise<Found>): Promise<Found | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

async function call<Result>(operation: () => Promise<Result>): Promise<Result> {
  try {
    return await operation();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const isFull = ["ENOSPC", "EDQUOT", "EFBIG"].includes(String(codeOf(cause)));
    const code = isFull ? "ERR_STORE_QUOTA" : "ERR_STORE_UNAVAILABLE";
    throw new LoaderError(code, `The folder of the store cannot be used: ${reason}`, {}, cause);
  }
}
