import { PackageMaps } from "../../src/artifact/package-maps.ts";
import { joinMaps } from "../../src/load/graph/graph-arrivals.ts";
import type { StoredObject } from "../../src/store/content-store.ts";
import type { ArtifactCompiler } from "../artifact-compiler.ts";
import type { Edge } from "../edge.ts";
import { createShare } from "../share.ts";
import { deflate, gunzip, gzip } from "../gzip.ts";
import type { Packages } from "../packages.ts";

/** The source maps of a package as they go out. */
export interface SentMaps {
  /** SHA-256 of the `PackageMaps`, 64 hex digits. */
  readonly digest: string;
  /** Of the frame, decoded. */
  readonly length: number;
  /** The bytes of the frame, deflated. */
  readonly deflated: Uint8Array<ArrayBuffer>;
}

/** Gives the source maps that a package has of its modules. */
export type FindMaps = (name: string, version: string) => Promise<SentMaps>;

/** What finds source maps, which are made once, by the compiler of the artifact, and kept; undefined where it makes none. */
export function createFindMaps(edge: Edge, packages: Packages, compiler: ArtifactCompiler): FindMaps | undefined {
  const { id: compilerId, maps } = compiler;
  if (maps === undefined) return undefined;
  const share = createShare<SentMaps>(edge.ports);
  const find = async (name: string, version: string): Promise<SentMaps> => {
    const id = `${name}@${version}`;
    const key = `maps:${compilerId}:${id}`;
    const produce = async () => {
      const { bytes } = await packages.archive(name, version);
      return { bytes: await gzip([await maps(bytes, id, edge.fetching.limits)]) };
    };
    let whole: Uint8Array<ArrayBuffer> | undefined;
    const check = async ({ bytes }: StoredObject): Promise<void> => {
      whole = await gunzip([bytes]);
      void new PackageMaps(whole, id);
    };
    const { bytes } = await edge.store.load(key, { package: id }, produce, { check });
    const { digest, frame } = joinMaps(id, whole ?? (await gunzip([bytes])));
    const sent = { digest, length: frame.length, deflated: await deflate(frame) };
    edge.memory.set(key, sent, sent.deflated.length);
    return sent;
  };
  return async (name, version) => {
    const id = `${name}@${version}`;
    const known = edge.memory.get(`maps:${compilerId}:${id}`) as SentMaps | undefined;
    return known ?? share(id, () => find(name, version));
  };
}
