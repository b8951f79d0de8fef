import { LoaderError } from "../../src/errors.ts";
import { archiveFileName } from "../../src/fetch/archive-file-name.ts";
import type { Packument } from "../../src/fetch/registry.ts";

/** The two forms in which registries have a packument: what installing needs, or everything. */
export type PackumentForm = "abbreviated" | "full";

/** A parsed packument whose names and versions have been checked. */
export interface RawPackument {
  readonly [field: string]: unknown;
  readonly versions?: Readonly<Record<string, RawManifest>>;
  readonly time?: Readonly<Record<string, unknown>>;
}

/** A version of it. */
export type RawManifest = Readonly<Record<string, unknown>>;

/** Media type of the abbreviated form, and how clients ask for it. */
const ABBREVIATED_TYPE = "application/vnd.npm.install-v1+json";

/**
 * Stands for the address of `/npm/` in packuments that are kept: one edge is reached under several, and what is kept must
 * not depend on who asked first.
 */
const PLACEHOLDER = "raya-edge:/";
/** Kept beside it where the upstream's own address does not follow from name and version; it does not go out. */
const UPSTREAM = "raya-upstream";
const UPSTREAM_MEMBER = /"raya-upstream":"(?:[^"\\]|\\.)*",/g;

/** What the abbreviated form has of a version. `devDependencies` of dependencies are left out: nobody installs them. */
const INSTALL_FIELDS = [
  "name",
  "version",
  "deprecated",
  "dependencies",
  "optionalDependencies",
  "bundleDependencies",
  "bundledDependencies",
  "peerDependencies",
  "peerDependenciesMeta",
  "acceptDependencies",
  "bin",
  "directories",
  "engines",
  "os",
  "cpu",
  "libc",
  "funding",
  "hasInstallScript",
  "_hasShrinkwrap",
  "dist",
];

/** The form that an `Accept` header asks for; who does not say it gets everything, as from npm's own registry. */
export function wantedForm(accept: string | undefined): PackumentForm {
  return accept?.toLowerCase().includes(ABBREVIATED_TYPE) === true ? "abbreviated" : "full";
}

export function mediaTypeOf(form: PackumentForm): string {
  return form === "abbreviated" ? ABBREVIATED_TYPE : "application/json";
}

/**
 * A packument in one of the forms, with `name` first and every archive at this edge.
 * @param checked the same, reduced: it has the address of an archive only where that is not the usual one
 * @param datedSince milliseconds since 1970: the abbreviated form of a package that was changed later has its `time` too, as
 * far as the upstream told it. Solvers that wait before they use a version would ask for the full form else.
 */
export function toForm(
  raw: RawPackument,
  { name, versions: checked }: Packument,
  form: PackumentForm,
  datedSince: number,
): RawPackument {
  const versions = mapValues(raw.versions ?? {}, (manifest, version) => {
    const kept = form === "full" ? manifest : pick(manifest, INSTALL_FIELDS);
    const tarball = checked[version]?.dist.tarball;
    const upstream = tarball === undefined ? {} : { [UPSTREAM]: tarball };
    return { ...kept, dist: { ...upstream, ...distOf(manifest), tarball: placeholderUrl(name, version) } };
  });
  if (form === "full") return { name, ...raw, versions };
  const modified = raw["modified"] ?? raw.time?.["modified"];
  const isYoung = Date.parse(String(modified)) > datedSince;
  return {
    name,
    "dist-tags": raw["dist-tags"] ?? {},
    ...(modified !== undefined && { modified }),
    ...(isYoung && raw.time !== undefined && { time: raw.time }),
    versions,
  };
}

/** The text of a packument, or of a manifest in it, as it goes out: archives are below that address. */
export function withAddress(text: string, address: string): string {
  // Within a JSON text, an unescaped quote before a colon ends a key: no value can be taken for one.
  const shown = text.includes(`"${UPSTREAM}":`) ? text.replace(UPSTREAM_MEMBER, "") : text;
  return shown.replaceAll(`"tarball":"${PLACEHOLDER}`, () => `"tarball":${JSON.stringify(address).slice(0, -1)}`);
}

/** One version of a packument in either form. */
export function readManifest(bytes: Uint8Array, version: string): RawManifest | undefined {
  const { versions = {} }: RawPackument = JSON.parse(new TextDecoder().decode(bytes));
  return Object.hasOwn(versions, version) ? versions[version] : undefined;
}

/** What an exact version or a tag means. @throws LoaderError ERR_VERSION_NOT_FOUND */
export function selectVersion(
  { "dist-tags": tags, versions = {} }: RawPackument,
  name: string,
  selector: string,
): { readonly version: string; readonly manifest: RawManifest } {
  const known: Readonly<Record<string, unknown>> = { ...(tags as object | undefined) };
  const version = Object.hasOwn(known, selector) ? String(known[selector]) : selector;
  const manifest = Object.hasOwn(versions, version) ? versions[version] : undefined;
  if (manifest !== undefined) return { version, manifest };
  const message = `"${name}" has no version or tag ${selector}`;
  throw new LoaderError("ERR_VERSION_NOT_FOUND", message, { package: name, specifier: `${name}@${selector}` });
}

/** Where the upstream has a version's archive, if not at the usual path. */
export function upstreamArchive(manifest: RawManifest): string | undefined {
  const dist: Readonly<Record<string, unknown>> = { ...distOf(manifest) };
  const url = dist[UPSTREAM];
  return typeof url === "string" ? url : undefined;
}

function placeholderUrl(name: string, version: string): string {
  return `${PLACEHOLDER}${name}/-/${encodeURI(archiveFileName(name, version))}`;
}

function distOf({ dist }: RawManifest): object {
  return typeof dist === "object" && dist !== null ? dist : {};
}

function pick(manifest: RawManifest, fields: readonly string[]): RawManifest {
  return Object.fromEntries(
    fields.filter((field) => Object.hasOwn(manifest, field)).map((field) => [field, manifest[field]]),
  );
}

/** Keys come from the registry; `fromEntries` makes one called `__proto__` a key like any other. */
function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T, key: string) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}
