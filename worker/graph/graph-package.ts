import { fileDigest } from "../../src/artifact/file-digest.ts";
import { type RbinFile, RbinIndex, rbinIndexLength } from "../../src/artifact/read-rbin.ts";
import type { SentPackage } from "../../src/load/graph/graph-answer.ts";
import { joinWhole } from "../../src/load/graph/graph-arrivals.ts";
import { type ArtifactCopy, type Artifacts } from "../artifacts.ts";
import type { Edge } from "../edge.ts";
import { createShare } from "../share.ts";
import { deflate, gunzip } from "../gzip.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Decoded, an index takes a few times its bytes. */
const INDEX_FACTOR = 3;

type PackageFacts = Pick<GraphPackage, "index" | "digest" | "deflated" | "isNew">;

/** A compiled package, of which only what programs have needed stays in memory. */
export class GraphPackage implements SentPackage {
  readonly index: RbinIndex;
  readonly digest: Uint8Array;
  /** The bytes of its `index` frame, deflated. */
  readonly deflated: Bytes;
  readonly #files = new Map<number, Bytes>();
  readonly #load: () => Promise<Bytes>;
  /** The whole `.rbin`. */
  #whole: Bytes | undefined;
  #isNew: boolean;
  #size: number;

  /** @param load gives the whole `.rbin` once more */
  constructor(whole: Bytes, { index, digest, deflated, isNew }: PackageFacts, load: () => Promise<Bytes>) {
    this.index = index;
    this.digest = digest;
    this.deflated = deflated;
    this.#isNew = isNew;
    this.#whole = whole;
    this.#load = load;
    this.#size = INDEX_FACTOR * index.length + deflated.length;
  }

  /** Whether the registry has been asked for it just now. */
  get isNew(): boolean {
    return this.#isNew;
  }

  /** About how many bytes it takes when it has been released. */
  get size(): number {
    return this.#size;
  }

  async file(file: RbinFile): Promise<Bytes> {
    const known = this.index.bytes(file) ?? this.#files.get(file.index);
    if (known !== undefined) return known;
    this.#whole ??= await this.#load();
    const bytes = this.#whole.slice(file.offset, file.offset + file.length);
    if (!this.#files.has(file.index)) this.#size += bytes.length;
    this.#files.set(file.index, bytes);
    return bytes;
  }

  /** Lets go of what nobody has needed. */
  release(): void {
    this.#whole = undefined;
    this.#isNew = false;
  }
}

/** The packages of all graphs. */
export interface GraphShelf {
  /** @throws LoaderError as `Artifacts.artifact` */
  load(name: string, version: string): Promise<GraphPackage>;
  /** Whether it is in memory. @param id `name@version` */
  has(id: string): boolean;
  /** Keeps in memory what has been needed of a package. */
  keep(used: GraphPackage): void;
}

export function createGraphShelf(edge: Edge, artifacts: Artifacts): GraphShelf {
  const share = createShare<GraphPackage>(edge.ports);
  const keyOf = (id: string): string => `graph:${artifacts.compiler}:${id}`;
  const find = (id: string): GraphPackage | undefined => edge.memory.get(keyOf(id)) as GraphPackage | undefined;
  return {
    has: (id) => find(id) !== undefined,
    load: async (name, version) => {
      const id = `${name}@${version}`;
      return find(id) ?? share(id, () => createPackage(() => artifacts.artifact(name, version), id));
    },
    keep(used) {
      used.release();
      edge.memory.set(keyOf(used.index.header.package), used, used.size);
    },
  };
}

async function createPackage(artifact: () => Promise<ArtifactCopy>, id: string): Promise<GraphPackage> {
  const { bytes, source } = await artifact();
  const whole = await gunzip([bytes]);
  // A copy: a view of all of it would keep all of it.
  const own = whole.slice(0, rbinIndexLength(whole, id));
  const digest = fileDigest(own);
  const deflated = await deflate(joinWhole(own, digest));
  const facts = { index: new RbinIndex(own, id), digest, deflated, isNew: source === "upstream" };
  return new GraphPackage(whole, facts, async () => gunzip([(await artifact()).bytes]));
}
