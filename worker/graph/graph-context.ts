import type { Host } from "../../src/host.ts";
import { LoaderError } from "../../src/errors.ts";
import { createLoadContext, type LoadContext } from "../../src/load/load-context.ts";
import { DATED_PACKUMENT, KEPT_PACKUMENT, type TimedPackument } from "../../src/load/load-packument.ts";
import type { KeptMetadata, MetadataSource } from "../../src/load/metadata-source.ts";
import type { LoaderOptions } from "../../src/loader.ts";
import { createMemoryByteStore, createMemoryRecordStore } from "../../src/store/memory-store.ts";
import type { Edge } from "../edge.ts";
import { type Packages, registryBase } from "../packages.ts";

/** What a load needs that takes packages from this edge, and asks nobody else. */
export function createGraphContext(edge: Edge, packages: Packages, settings: Partial<LoaderOptions>): LoadContext {
  const { ports, fetching } = edge;
  const refuse = (url: string): Promise<never> => {
    const message = `"${url}" is nothing that an edge fetches for a graph`;
    return Promise.reject(new LoaderError("ERR_SOURCE_UNSUPPORTED", message, { url }));
  };
  const host: Host = {
    name: "edge",
    fetch: refuse,
    // Whatever a load keeps is its own.
    bytes: createMemoryByteStore(),
    records: createMemoryRecordStore(),
    now: () => ports.now(),
    delay: (ms, signal) => ports.delay(ms, signal),
  };
  const options = { registry: registryBase(edge), base: "https://raya.invalid/~/", ...settings };
  return {
    ...createLoadContext(host, options),
    limits: fetching.limits,
    packuments: metadataOf(edge, packages, KEPT_PACKUMENT),
    datedPackuments: metadataOf(edge, packages, DATED_PACKUMENT),
  };
}

/** Packuments as the solver reads them, kept while the edge's own copy is the same. */
function metadataOf(
  edge: Edge,
  packages: Packages,
  kept: KeptMetadata<TimedPackument>,
): MetadataSource<TimedPackument> {
  return async (name) => {
    const { bytes, digest, source } = await packages.packument(name, kept.whole ? "full" : "abbreviated");
    const key = `reduced-${kept.form}:${name}:${digest}`;
    const known = edge.memory.get(key) as TimedPackument | undefined;
    if (known !== undefined) return { metadata: known, source };
    const metadata = kept.reduce(JSON.parse(new TextDecoder().decode(bytes)), name);
    edge.memory.set(key, metadata, bytes.length);
    return { metadata, source };
  };
}
