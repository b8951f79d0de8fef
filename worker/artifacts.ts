import { RbinIndex } from "../src/artifact/read-rbin.ts";
import { LoaderError } from "../src/errors.ts";
import type { Source } from "../src/events.ts";
import type { NewObject, StoredObject } from "../src/store/content-store.ts";
import { parseIntegrity } from "../src/verify/integrity.ts";
import type { ArtifactCompiler } from "./artifact-compiler.ts";
import type { Edge } from "./edge.ts";
import { gunzip, gzip } from "./gzip.ts";
import type { ArchiveCopy, Packages } from "./packages.ts";
import type { Made } from "./recall.ts";

/** An artifact. */
export interface ArtifactCopy {
  /** The `.rbin`, gzipped. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** SHA-256 of `bytes`, 64 hex digits. */
  readonly digest: string;
  /** Of the archive it was made from. */
  readonly integrity: string;
  readonly source: Source;
}

export interface Artifacts {
  readonly compiler: string;
  /**
   * The artifact of a package version: compiled once, from the verified archive, and kept.
   * @throws LoaderError as `Packages.archive`; ERR_INVALID_PACKAGE_CONFIG, ERR_ARCHIVE_INVALID, ERR_SIZE_LIMIT
   */
  artifact(name: string, version: string): Promise<ArtifactCopy>;
}

export function createArtifacts(edge: Edge, packages: Packages, compiler: ArtifactCompiler): Artifacts {
  return {
    compiler: compiler.id,
    artifact(name, version) {
      const id = `${name}@${version}`;
      const load = () => loadArtifact(edge, id, compiler, () => packages.archive(name, version));
      return edge.recall(artifactKey(compiler, id), load);
    },
  };
}

async function loadArtifact(
  edge: Edge,
  key: string,
  compiler: ArtifactCompiler,
  archive: () => Promise<ArchiveCopy>,
): Promise<Made<ArtifactCopy>> {
  let integrity = "";
  let source: Source = edge.ports.source;
  const produce = async (): Promise<NewObject> => {
    const { bytes, ...origin } = await archive();
    source = origin.source;
    integrity = origin.integrity;
    const rbin = await compiler.compile(bytes, key, edge.fetching.limits);
    return { bytes: await gzip(rbin) };
  };
  const check = async ({ bytes }: StoredObject): Promise<void> => {
    integrity = await assertArtifact(bytes, key, compiler);
  };
  const name = artifactKey(compiler, key);
  const { bytes, record } = await edge.store.load(name, { package: key }, produce, { check });
  const copy = { bytes, digest: record.digest, integrity, source };
  return { value: copy, size: bytes.length, kept: { ...copy, source: edge.ports.source } };
}

/** Where an artifact is stored; `id` is `name@version`. */
export function artifactKey({ id: compiler }: ArtifactCompiler, id: string): string {
  return `artifact:${compiler}:${id}`;
}

/** A record that leads to something else would be believed for a year by every cache after this one. */
async function assertArtifact(
  bytes: Uint8Array<ArrayBuffer>,
  key: string,
  compiler: ArtifactCompiler,
): Promise<string> {
  const { header } = new RbinIndex(await unzip(bytes, key), key);
  const expected = `${key} ${compiler.id}`;
  const actual = `${header.package} ${header.compiler}`;
  if (actual === expected) return strongest(header.integrity);
  const message = `it is the artifact of "${header.package}"`;
  throw new LoaderError("ERR_ARTIFACT_INVALID", message, { package: key, expected, actual });
}

function strongest(integrity: string): string {
  const { algorithm, digest } = parseIntegrity(integrity, {});
  return `${algorithm}-${digest}`;
}

async function unzip(bytes: Uint8Array<ArrayBuffer>, key: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await gunzip([bytes]);
  } catch (cause) {
    throw new LoaderError("ERR_ARTIFACT_INVALID", "it is not gzip", { package: key }, cause);
  }
}
