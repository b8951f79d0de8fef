import { LoaderError } from "../errors.ts";
import { lazyVersions, versionsOf } from "./lazy-versions.ts";
import { type PackageMetadata, reduceVersion, type VersionMetadata } from "./reduce-metadata.ts";
import { releasesOf } from "./sorted-versions.ts";

/** Thrown where a version is looked at that there is, and that was not sent: it takes the whole package to go on. */
export class VersionNotSent extends Error {
  readonly package: string;

  constructor(name: string, version: string) {
    super(`"${name}" was sent without its version ${version}`);
    this.package = name;
  }
}

/**
 * Metadata as text, for the wire and for keeping: a line of JSON for the package, which names all its versions, releases
 * first and in their order, then one for each version that is sent. Of the versions a solve looks at one in ten, so a line is parsed when somebody looks at it.
 * @param sent those that are in the text; default all
 */
export function printMetadata(metadata: PackageMetadata, sent?: ReadonlySet<string>): string {
  const { name, versions } = metadata;
  const releases = releasesOf(metadata)?.versions;
  const names = [...new Set([...(releases ?? []), ...versionsOf(metadata)])];
  const listed = sent === undefined ? names : names.filter((version) => sent.has(version));
  const part = listed.length < names.length ? { sent: listed } : {};
  const head = { name, "dist-tags": metadata["dist-tags"], versions: names, releases: releases?.length, ...part };
  const lines = [head, ...listed.map((version) => withoutIdentity(versions[version]))];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}

/**
 * Reads any number of packages in that form.
 * @param reduce checks a version and keeps what is wanted of it; default all that solving needs
 * @returns by name; a version is checked when it is looked at, which throws ERR_PACKUMENT_INVALID where it is none, and
 * `VersionNotSent` where only its name was sent
 * @throws LoaderError ERR_PACKUMENT_INVALID for a text in another form
 */
export function readMetadataText(text: string, reduce = reduceVersion): Map<string, PackageMetadata> {
  const packages = new Map<string, PackageMetadata>();
  for (let at = 0; at < text.length;) {
    const end = lineEnd(text, at);
    const head = readHead(text.slice(at, end));
    const { name, versions, sent = versions } = head;
    const starts = [end + 1];
    while (starts.length <= sent.length) starts.push(lineEnd(text, starts.at(-1) ?? 0) + 1);
    const read = (version: string): VersionMetadata => {
      const index = sent.indexOf(version);
      if (index === -1) throw new VersionNotSent(name, version);
      return reduce(parseLine(text.slice(starts[index], starts[index + 1])), name, version);
    };
    const releases = head.releases === undefined ? undefined : versions.slice(0, head.releases);
    packages.set(name, { name, "dist-tags": head["dist-tags"], versions: lazyVersions(versions, read), releases });
    at = starts.at(-1) ?? text.length;
  }
  return packages;
}

interface Head {
  readonly name: string;
  readonly "dist-tags": Record<string, string>;
  readonly versions: readonly string[];
  /** Some of these; default all. */
  readonly sent?: readonly string[] | undefined;
  /** So many of the versions, the first, are releases, the lowest first; default: nobody knows. */
  readonly releases?: number | undefined;
}

function withoutIdentity(manifest: VersionMetadata | undefined): object {
  const { name: _name, version: _version, ...rest } = manifest ?? {};
  return rest;
}

function readHead(line: string): Head {
  const head = parseLine(line);
  if (typeof head === "object" && head !== null && "name" in head && "dist-tags" in head && "versions" in head) {
    const { name, versions, "dist-tags": tags } = head;
    const sent = "sent" in head ? head.sent : undefined;
    const releases = "releases" in head ? head.releases : undefined;
    if (
      typeof name === "string" &&
      isNameList(versions) &&
      isTextRecord(tags) &&
      (sent === undefined || isNameList(sent)) &&
      (releases === undefined || typeof releases === "number")
    ) {
      return { name, versions, sent, releases, "dist-tags": Object.assign(Object.create(null), tags) };
    }
  }
  throw invalid("a package's line has other fields");
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw invalid("a line is not JSON", cause);
  }
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  if (end === -1) throw invalid("it breaks off");
  return end;
}

function isNameList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isTextRecord(value: unknown): value is Record<string, string> {
  return typeof value === "object" && value !== null && Object.values(value).every(isText);
}

function invalid(reason: string, cause?: unknown): LoaderError {
  return new LoaderError(
    "ERR_PACKUMENT_INVALID",
    `The metadata is not in the form that it is kept in: ${reason}`,
    {},
    cause,
  );
}
