import { LoaderError } from "../../errors.ts";
import { type FetchContext, fetchBytes } from "../../fetch/fetch-bytes.ts";
import { unpackArchive } from "../../fetch/unpack-archive.ts";
import { reduceVersion, type VersionMetadata } from "../../solve/reduce-metadata.ts";
import { parseDependencySpec } from "../../specifier/dependency-spec.ts";
import type { GitSource } from "../../specifier/git-source.ts";
import { digestBytes } from "../../verify/digest.ts";
import { formatIntegrity } from "../../verify/integrity.ts";
import { parsePackageManifest } from "../package-entries.ts";
import { findCommit } from "./find-commit.ts";
import { FORGE_HOSTS } from "./forge-hosts.ts";

/**
 * The manifest behind a dependency that is not of a registry (P34, P35, P37, P63, P64): of an archive at a URL, of a
 * forge's repository at the commit that its branch or tag is now. With the SHA-512 of the archive, so that the same bytes
 * come the next time.
 * @param source as manifests have it: `https://…/x.tgz`, with `#sha512-…` behind it to have it checked at once,
 * `github:owner/repo#tag`
 * @param referrer who asks, for errors
 * @param seen hears of the archive that was fetched, and its SRI integrity
 * @throws LoaderError ERR_UNSUPPORTED_DEPENDENCY for what only git or a disk can give, ERR_VERSION_NOT_FOUND for a branch
 * or tag that is not there, ERR_INVALID_PACKAGE_CONFIG for an archive without name and version, ERR_ARCHIVE_INVALID,
 * ERR_INTEGRITY_MISMATCH, and what `fetchBytes` throws
 */
export async function fetchRemoteManifest(
  context: FetchContext,
  source: string,
  referrer: string,
  seen?: SeenArchive,
): Promise<VersionMetadata> {
  const spec = parseDependencySpec(source, { specifier: source, referrer });
  if (spec.kind === "remote") {
    const [url = "", fragment = ""] = spec.url.split("#", 2);
    const integrity = /^sha\d+-/.test(fragment) ? fragment : undefined;
    return readArchive(context, { source, url, integrity, referrer, seen });
  }
  if (spec.kind === "git") return readRepository(context, spec, { source, referrer, seen });
  throw unsupported(source, referrer, "it is a path, and there is no disk here");
}

async function readRepository(
  context: FetchContext,
  spec: GitSource,
  asked: Pick<RemoteArchive, "source" | "referrer" | "seen">,
): Promise<VersionMetadata> {
  const { source, referrer } = asked;
  const forge = spec.forge === undefined ? undefined : FORGE_HOSTS[spec.forge];
  if (forge === undefined) throw unsupported(source, referrer, "only git itself can read it");
  if (spec.folder !== undefined) throw unsupported(source, referrer, "a folder of a repository cannot be a package");
  const found = await findCommit(context, forge, spec);
  const url = forge.archiveUrl(spec.repository, found.commit);
  const manifest = await readArchive(context, { ...asked, url, integrity: spec.integrity });
  return {
    ...manifest,
    dist: { ...manifest.dist, tarball: url },
    git: { url: forge.gitUrl(spec.repository), ...found },
  };
}

/** Hears of an archive while it is at hand. */
export type SeenArchive = (integrity: string, archive: { bytes: Uint8Array<ArrayBuffer>; headers: Headers }) => void;

interface RemoteArchive {
  readonly source: string;
  readonly url: string;
  readonly integrity: string | undefined;
  readonly referrer: string;
  readonly seen: SeenArchive | undefined;
}

async function readArchive(context: FetchContext, archive: RemoteArchive): Promise<VersionMetadata> {
  const { source, url, integrity, referrer, seen } = archive;
  const limit = context.limits.archiveBytes;
  const fetched = await fetchBytes(context, { url, subject: source, limit, integrity, referrer });
  const { bytes } = fetched;
  const files = await unpackArchive(bytes, { package: source }, context.limits, (path) => path === "package.json");
  const file = files.get("package.json");
  const manifest = file && parsePackageManifest(new TextDecoder().decode(file), source);
  const { name, version = "0.0.0" } = manifest ?? {};
  if (typeof name !== "string" || typeof version !== "string") {
    const message = `"${source}" is no package: its archive has no package.json with a name`;
    throw new LoaderError("ERR_INVALID_PACKAGE_CONFIG", message, { specifier: source, referrer });
  }
  const computed = formatIntegrity("sha512", await digestBytes("sha512", bytes));
  seen?.(computed, fetched);
  return reduceVersion({ ...manifest, version, dist: { integrity: computed } }, name, version);
}

function unsupported(source: string, referrer: string, reason: string): LoaderError {
  const message = `"${source}", which ${referrer} asks for, cannot be had: ${reason}`;
  const hint = "publish it to a registry, or name its archive by URL";
  return new LoaderError("ERR_UNSUPPORTED_DEPENDENCY", message, { specifier: source, referrer, hint });
}
