import { extractTypes, readTypes } from "../../src/artifact/package-types.ts";
import { LoaderError } from "../../src/errors.ts";
import { sha256Hex } from "../../src/verify/digest.ts";
import { createArtifacts } from "../artifacts.ts";
import { IMMUTABLE } from "../cache-control.ts";
import { copyHeaders } from "../copy-headers.ts";
import type { Edge } from "../edge.ts";
import type { Made } from "../recall.ts";
import { gunzip } from "../gzip.ts";
import type { PackumentForm, RawManifest, RawPackument } from "../npm/packument-form.ts";
import type { Packages } from "../packages.ts";
import { type CompiledArtifact, compileArtifact, describeArtifact, presentCompiler } from "./compile-artifact.ts";
import type { Objects } from "./objects.ts";
import { artifactPath, integrityOf, type OwnPackages } from "./own-packages.ts";
import { packBundle } from "./pack-bundle.ts";
import { withoutYanked } from "./yanked-versions.ts";
import { zstd } from "./zstd.ts";
import { type ArtifactRecord, recordedArtifact } from "./version-metadata.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** What is known of a package. */
export interface ServedDocument {
  /** Of an answer that is made of it. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parses it. */
  readonly read: () => RawPackument;
}

/** What is downloaded. */
export interface ServedBytes {
  readonly bytes: Bytes;
  /** `sha256:<hex>` of them. */
  readonly checksum: string;
}

/** Packages as the Raya protocol hands them out, whoever published them. */
export interface ServedPackages {
  /**
   * @param form of a public package's packument; default `abbreviated`, which has no dates
   * @throws LoaderError ERR_PACKAGE_NOT_FOUND
   */
  document(name: string, form?: PackumentForm): Promise<ServedDocument>;
  /** The author's `.tgz`. @throws LoaderError ERR_VERSION_NOT_FOUND */
  archive(name: string, version: string): Promise<ServedBytes & { readonly integrity: string }>;
  /**
   * @param compiler default: the one that the version was published with, else this edge's
   * @throws LoaderError ERR_VERSION_NOT_FOUND; ERR_ROUTE_NOT_FOUND for another compiler's artifact that is not kept
   */
  artifact(name: string, version: string, compiler?: string): Promise<CompiledArtifact>;
  /** The `.tar.zst` of that artifact, the types and `metadata.json`: always the same bytes. @throws LoaderError as `artifact` */
  bundle(name: string, version: string, compiler?: string): Promise<ServedBytes>;
  /** `cache-control` and `vary` of what never changes. */
  readonly forever: Readonly<Record<string, string>>;
}

/** Packages that were published here, artifacts and bundles beside them in the same store. */
export function createOwnServed(edge: Edge, own: OwnPackages, objects: Objects): ServedPackages {
  const find = async (name: string, version: string, wanted: string | undefined) => {
    const manifest = manifestOf((await own.read(name)).document, name, version);
    const compiler = wanted ?? recordedArtifact(manifest)?.compiler ?? presentCompiler(edge).id;
    const pathOf = (form: string): string => artifactPath(integrityOf(manifest) ?? "", `${compiler}.${form}`);
    return { id: `${name}@${version}`, manifest, compiler, pathOf };
  };
  const load = ({ id, manifest, compiler, pathOf }: Awaited<ReturnType<typeof find>>, archive: () => Promise<Bytes>) =>
    edge.recall(pathOf("rbin"), async () => {
      const stored = (await objects.get(pathOf("rbin")))?.bytes;
      if (stored !== undefined) return kept(await checkArtifact(stored, id, compiler, recordedArtifact(manifest)));
      const { id: present } = presentCompiler(edge);
      if (compiler !== present) throw noSuchCompiler(compiler, present);
      const made = await compileArtifact(edge, id, await archive());
      await objects.put(pathOf("rbin"), made.bytes, { over: "nothing" });
      return kept(made);
    });
  const archiveOf = async (name: string, version: string): Promise<Bytes> => (await own.archive(name, version)).bytes;
  return {
    document: async (name) => {
      const { document: whole, etag } = await own.read(name);
      const document = { ...whole, "dist-tags": withoutYanked(whole)["dist-tags"] };
      return { read: () => document, headers: { ...PRIVATE, etag: `"${etag}-raya"`, "raya-source": "edge" } };
    },
    archive: async (name, version) => {
      const { bytes, integrity } = await own.archive(name, version);
      return { ...(await withChecksum(bytes)), integrity };
    },
    artifact: async (name, version, wanted) => load(await find(name, version, wanted), () => archiveOf(name, version)),
    async bundle(name, version, wanted) {
      const found = await find(name, version, wanted);
      const path = found.pathOf("tar.zst");
      return edge.recall(path, async () => {
        const stored = await objects.get(path);
        if (stored !== undefined) return kept(await withChecksum(stored.bytes));
        const bytes = await archiveOf(name, version);
        const made = await load(found, async () => bytes);
        const bundle = zstd(await bundleOf(edge, found.manifest, made, bytes));
        await objects.put(path, bundle, { over: "nothing" });
        // Of two that made it, one was first: what has gone out stays.
        return kept(await withChecksum((await objects.get(path))?.bytes ?? bundle));
      });
    },
    forever: { "cache-control": "private, max-age=31536000, immutable", vary: "authorization" },
  };
}

/** Packages of the upstream, for everybody. */
export function createPublicServed(edge: Edge, packages: Packages): ServedPackages {
  const artifacts = edge.ports.compiler && createArtifacts(edge, packages, edge.ports.compiler);
  const present = (wanted: string | undefined) => {
    const { id: compiler } = presentCompiler(edge);
    if (artifacts === undefined || (wanted ?? compiler) !== compiler) throw noSuchCompiler(wanted ?? "", compiler);
    return artifacts;
  };
  const artifact: ServedPackages["artifact"] = async (name, version, wanted) => {
    const made = present(wanted);
    const id = `${name}@${version}`;
    return edge.recall(`served:${made.compiler}:${id}`, async () => {
      const { bytes } = await made.artifact(name, version);
      return kept(await checkArtifact(await gunzip([bytes]), id, made.compiler, undefined));
    });
  };
  const document: ServedPackages["document"] = async (name, form) => {
    const copy = await packages.packument(name, form);
    return { read: () => JSON.parse(new TextDecoder().decode(copy.bytes)), headers: copyHeaders(copy) };
  };
  return {
    document,
    archive: async (name, version) => {
      const { bytes, digest, integrity } = await packages.archive(name, version);
      return { bytes, checksum: `sha256:${digest}`, integrity };
    },
    artifact,
    async bundle(name, version, wanted) {
      const id = `${name}@${version}`;
      const key = `bundle:${present(wanted).compiler}:${id}`;
      const produce = async () => {
        const made = await artifact(name, version, wanted);
        const manifest = manifestOf((await document(name)).read(), name, version);
        const { bytes } = await packages.archive(name, version);
        return { bytes: zstd(await bundleOf(edge, manifest, made, bytes)) };
      };
      return edge.recall(key, async () => {
        const { bytes, record } = await edge.store.load(key, { package: id }, produce);
        return kept({ bytes, checksum: `sha256:${record.digest}` });
      });
    },
    forever: { "cache-control": IMMUTABLE },
  };
}

/** @throws LoaderError ERR_VERSION_NOT_FOUND */
export function manifestOf({ versions = {} }: RawPackument, name: string, version: string): RawManifest {
  const manifest = Object.hasOwn(versions, version) ? versions[version] : undefined;
  if (manifest !== undefined) return manifest;
  throw new LoaderError("ERR_VERSION_NOT_FOUND", `"${name}" has no version ${version}`, { package: name });
}

/** Nobody but who asked may have it, and not without asking. */
const PRIVATE = { "cache-control": "private, no-cache", vary: "authorization" };

/** As it is kept in memory. */
function kept<T extends ServedBytes>(value: T): Made<T> {
  return { value, size: value.bytes.length };
}

async function withChecksum(bytes: Bytes): Promise<ServedBytes> {
  return { bytes, checksum: `sha256:${await sha256Hex(bytes)}` };
}

function noSuchCompiler(actual: string, expected: string): LoaderError {
  const message = `This edge has no artifact of the compiler "${actual}"`;
  return new LoaderError("ERR_ROUTE_NOT_FOUND", message, { expected, actual });
}

/** What is kept is what was recorded, or at least this package's by that compiler. */
async function checkArtifact(
  bytes: Bytes,
  id: string,
  compiler: string,
  recorded: ArtifactRecord | undefined,
): Promise<CompiledArtifact> {
  const made = await describeArtifact(bytes, id);
  const known = recorded?.compiler === compiler ? recorded.checksum : made.checksum;
  const [expected, actual] = [`${id} ${compiler} ${known}`, `${made.id} ${made.compiler} ${made.checksum}`];
  if (actual === expected) return made;
  const message = `The artifact of "${id}" is not the one that was published`;
  throw new LoaderError("ERR_STORE_CORRUPT", message, { package: id, expected, actual });
}

async function bundleOf(edge: Edge, manifest: RawManifest, artifact: CompiledArtifact, archive: Bytes): Promise<Bytes> {
  const [name, version] = [String(manifest["name"]), String(manifest["version"])];
  const types = await extractTypes(archive, `${name}@${version}`, edge.fetching.limits);
  const hasTypes = Object.keys(readTypes(types, `${name}@${version}`).files).length > 0;
  const dependencies = { ...(manifest["dependencies"] as Record<string, string> | undefined) };
  const { checksum, bytes: rbin } = artifact;
  return packBundle({ name, version, dependencies, checksum, rbin, types: hasTypes ? types : undefined });
}
