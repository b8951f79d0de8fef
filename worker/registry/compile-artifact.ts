import { RbinIndex } from "../../src/artifact/read-rbin.ts";
import { rbinDigest } from "../../src/artifact/verify-rbin.ts";
import { LoaderError } from "../../src/errors.ts";
import { concatenate } from "../../src/fetch/read-body.ts";
import { sha256Hex } from "../../src/verify/digest.ts";
import type { ArtifactCompiler } from "../artifact-compiler.ts";
import type { Edge } from "../edge.ts";
import type { ArtifactRecord } from "./version-metadata.ts";

/** A package's `.rbin`. */
export interface CompiledArtifact extends ArtifactRecord {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** `name@version` that it says it is. */
  readonly id: string;
}

/** @throws LoaderError ERR_ROUTE_NOT_FOUND where this edge compiles nothing */
export function presentCompiler({ ports: { compiler } }: Edge): ArtifactCompiler {
  if (compiler !== undefined) return compiler;
  throw new LoaderError("ERR_ROUTE_NOT_FOUND", "This edge compiles nothing, and so has no artifacts");
}

/**
 * Compiles an archive that has been checked.
 * @param id `name@version`
 * @throws LoaderError ERR_ROUTE_NOT_FOUND, ERR_INVALID_PACKAGE_CONFIG, ERR_ARCHIVE_INVALID, ERR_SIZE_LIMIT
 */
export async function compileArtifact(
  edge: Edge,
  id: string,
  archive: Uint8Array<ArrayBuffer>,
): Promise<CompiledArtifact> {
  const compiler = presentCompiler(edge);
  const chunks = await compiler.compile(archive, id, edge.fetching.limits);
  const size = chunks.reduce((total, { length }) => total + length, 0);
  return describeArtifact(concatenate(chunks, size), id);
}

/**
 * An `.rbin` with its digests.
 * @param id `name@version` that it is taken for, for messages
 * @throws LoaderError ERR_ARTIFACT_INVALID
 */
export async function describeArtifact(bytes: Uint8Array<ArrayBuffer>, id: string): Promise<CompiledArtifact> {
  const { header, length } = new RbinIndex(bytes, id);
  const checksum = `sha256:${await sha256Hex(bytes)}`;
  const index = `sha256:${rbinDigest(bytes, length)}`;
  return { bytes, id: header.package, compiler: header.compiler, checksum, index, size: bytes.length };
}
