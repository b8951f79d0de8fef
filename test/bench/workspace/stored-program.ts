import { createLoader, type Project } from "../../../src/loader.ts";
import { npmRegistry } from "../../../src/platform/node/npm-registry.ts";
import type { Image } from "../../../src/run/image.ts";
import type { ByteStore, RecordStore, StoreRecord } from "../../../src/store/byte-store.ts";
import { type BenchProgram, pinnedSource } from "../program.ts";
import { createCachedFetch } from "./cached-fetch.ts";
import { BENCH_FOLDER } from "./folder.ts";
import { createMemoryHost } from "./memory-host.ts";

/** What module URLs begin with; nothing is ever fetched from there. */
const BASE = "https://bench.invalid/~/";

/** A program that has been loaded once: what a store holds of it afterwards. */
export interface StoredProgram {
  readonly name: string;
  readonly base: string;
  readonly project: Project;
  readonly lockfile: string;
  readonly image: Image;
  /** Digest → bytes. */
  readonly objects: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  /** Key → record. */
  readonly records: ReadonlyMap<string, StoreRecord>;
  /** `name@version` of every package, and how many modules of it the program has. */
  readonly packages: ReadonlyMap<string, number>;
}

/** Loads a program from the registry that npm is set to, and keeps what is stored on the way. */
export async function storeProgram(program: BenchProgram): Promise<StoredProgram> {
  const { host, objects, records } = createRecordingHost();
  const project = { files: { "/main.js": pinnedSource(program) }, entry: "/main.js" };
  const loader = createLoader(host, { registry: npmRegistry(), base: BASE });
  const { image, lockfile, kept } = await loader.load(project);
  await kept;
  // What is kept of the modules that were reached is there for the load after the first.
  const again = createLoader(host, { registry: npmRegistry(), base: BASE, keepLinked: "packages" });
  const loaded = await again.load(project, { lockfile, cacheSetting: "only" });
  await loaded.kept;
  const packages = new Map(loaded.packages.map(({ name, version, modules }) => [`${name}@${version}`, modules]));
  return { name: program.name, base: BASE, project, lockfile, image, objects, records, packages };
}

/** A host whose store tells what was put into it. */
function createRecordingHost() {
  const host = createMemoryHost(createCachedFetch(`${BENCH_FOLDER}registry`));
  const objects = new Map<string, Uint8Array<ArrayBuffer>>();
  const records = new Map<string, StoreRecord>();
  const bytes: ByteStore = {
    ...host.bytes,
    put: (key, value) => {
      objects.set(key, value.slice());
      return host.bytes.put(key, value);
    },
    putMany: (entries) => {
      const all = [...entries];
      for (const [key, value] of all) objects.set(key, value.slice());
      return host.bytes.putMany(all);
    },
  };
  const recordStore: RecordStore = {
    ...host.records,
    write: (key, record) => {
      records.set(key, record);
      return host.records.write(key, record);
    },
  };
  return { host: { ...host, bytes, records: recordStore }, objects, records };
}
