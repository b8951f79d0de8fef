import { createRegistry } from "../../../src/fetch/registry.ts";
import { createLimits } from "../../../src/limits.ts";
import { createNodeHost } from "../../../src/platform/node/host.ts";
import { npmRegistry } from "../../../src/platform/node/npm-registry.ts";
import { type MeasuredPackage, VERSIONS } from "../versions.ts";
import { createCachedFetch } from "./cached-fetch.ts";
import { BENCH_FOLDER } from "./folder.ts";

/** An archive of the registry, verified. */
export interface Archive {
  /** `name@version`. */
  readonly key: string;
  readonly integrity: string;
  /** Compressed. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The archive of a measured package, from the registry that npm is set to; kept for the next run. */
export async function fetchArchive(name: MeasuredPackage): Promise<Archive> {
  const host = { ...createNodeHost(), fetch: createCachedFetch(`${BENCH_FOLDER}registry`) };
  const registry = createRegistry({ host, limits: createLimits(), emit: () => undefined }, npmRegistry());
  const version = VERSIONS[name];
  const { packument } = await registry.packument(name);
  const { integrity = "", tarball } = packument.versions[version]?.dist ?? {};
  const { bytes } = await registry.archive({ name, version, integrity, tarball });
  return { key: `${name}@${version}`, integrity, bytes };
}
