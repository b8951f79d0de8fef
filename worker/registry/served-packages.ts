import { extractTypes, readTypes } from "../../src/artifact/package-types.ts";
import { LoaderError } from "../../src/errors.ts";
import { createArtifacts } from "../artifacts.ts";
import { IMMUTABLE } from "../cache-control.ts";
import { copyHeaders } from "../copy-headers.ts";
import type { Edge } from "../edge.ts";
import { createShare, type Share } from "../share.ts";
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

/** Packages as the Raya protocol hands them out, whoever published them. */
export interface ServedPackages {
  /**
   * @param form of a public package's packument; default `abbreviated`, which has no dates
   * @throws LoaderError ERR_PACKAGE_NOT_FOUND
   */
  document(name: string, form?: PackumentForm): Promise<ServedDocument>;
  /** The author's `.tgz`. @throws LoaderError ERR_VERSION_NOT_FOUND */
  archive(name: string, version: string): Promise<{ readonly bytes: Bytes; readonly integrity: string }>;
  /**
   * @param compiler default: the one that the version was published with, else this edge's
   * @throws LoaderError ERR_VERSION_NOT_FOUND; ERR_ROUTE_NOT_FOUND for another compiler's artifact that is not kept
   */
  artifact(name: string, version: string, compiler?: string): Promise<CompiledArtifact>;
  /** The `.tar.zst` of that artifact, the types and `metadata.json`: always the same bytes. @throws LoaderError as `artifact` */
  bundle(name: string, version: string, compiler?: string): Promise<Bytes>;
  /** `cache-control` and `vary` of what never changes. */
  readonly forever: Readonly<Record<string, string>>;
}

/** Packages that were published here, artifacts and bundles beside them in the same store. */
export function createOwnServed(edge: Edge, own: OwnPackages, objects: Objects): ServedPackages {
  const once = createOnce(edge);
  const archive: ServedPackages["archive"] = (name, version) => own.archive(name, version);
  const artifact: ServedPackages["artifact"] = async (name, version, wanted) => {
    const manifest = manifestOf((await own.read(name)).document, name, version);
    const recorded = recordedArtifact(manifest);
    const compiler = wanted ?? recorded?.compiler ?? presentCompiler(edge).id;
    const key = artifactPath(integrityOf(manifest) ?? "", `${compiler}.rbin`);
    return once(key, async () => {
      const stored = (await objects.get(key))?.bytes;
      if (stored !== undefined) return checkArtifact(stored, `${name}@${version}`, compiler, recorded);
      const { id } = presentCompiler(edge);
      if (compiler !== id) throw noSuchCompiler(compiler, id);
      const made = await compileArtifact(edge, `${name}@${version}`, (await archive(name, version)).bytes);
      await objects.put(key, made.bytes, { over: "nothing" });
      return made;
    });
  };
  return {
    document: async (name) => {
      const { document: whole, etag } = await own.read(name);
      const document = { ...whole, "dist-tags": withoutYanked(whole)["dist-tags"] };
      return { read: () => document, headers: { ...PRIVATE, etag: `"${etag}-raya"`, "raya-source": "edge" } };
    },
    archive,
    artifact,
    async bundle(name, version, wanted) {
      const made = await artifact(name, version, wanted);
      const { bytes, integrity } = await archive(name, version);
      const key = artifactPath(integrity, `${made.compiler}.tar.zst`);
      const stored = await objects.get(key);
      if (stored !== undefined) return stored.bytes;
      const { document } = await own.read(name);
      const bundle = zstd(await bundleOf(edge, manifestOf(document, name, version), made, bytes));
      await objects.put(key, bundle, { over: "nothing" });
      // Of two that made it, one was first: what has gone out stays.
      return (await objects.get(key))?.bytes ?? bundle;
    },
    forever: { "cache-control": "private, max-age=31536000, immutable", vary: "authorization" },
  };
}

/** Packages of the upstream, for everybody. */
export function createPublicServed(edge: Edge, packages: Packages): ServedPackages {
  const once = createOnce(edge);
  const artifacts = edge.ports.compiler && createArtifacts(edge, packages, edge.ports.compiler);
  const artifact: ServedPackages["artifact"] = async (name, version, wanted) => {
    const { id: compiler } = presentCompiler(edge);
    if (artifacts === undefined || (wanted ?? compiler) !== compiler) throw noSuchCompiler(wanted ?? "", compiler);
    const id = `${name}@${version}`;
    return once(`served:${compiler}:${id}`, async () => {
      const { bytes } = await artifacts.artifact(name, version);
      return checkArtifact(await gunzip([bytes]), id, compiler, undefined);
    });
  };
  const document: ServedPackages["document"] = async (name, form) => {
    const copy = await packages.packument(name, form);
    return { read: () => JSON.parse(new TextDecoder().decode(copy.bytes)), headers: copyHeaders(copy) };
  };
  return {
    document,
    archive: (name, version) => packages.archive(name, version),
    artifact,
    async bundle(name, version, wanted) {
      const made = await artifact(name, version, wanted);
      const id = `${name}@${version}`;
      const produce = async () => {
        const manifest = manifestOf((await document(name)).read(), name, version);
        const { bytes } = await packages.archive(name, version);
        return { bytes: zstd(await bundleOf(edge, manifest, made, bytes)) };
      };
      return (await edge.store.load(`bundle:${made.compiler}:${id}`, { package: id }, produce)).bytes;
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

/** Made once for all that want it at the same time, and served again from the isolate's memory. */
function createOnce(edge: Edge): Share<CompiledArtifact> {
  const share = createShare<CompiledArtifact>(edge.ports);
  return async (key, load) => {
    const known = edge.memory.get(key) as CompiledArtifact | undefined;
    if (known !== undefined) return known;
    const loaded = await share(key, load);
    edge.memory.set(key, loaded, loaded.bytes.length);
    return loaded;
  };
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
