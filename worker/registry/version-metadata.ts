import type { RawManifest } from "../npm/packument-form.ts";

/** What is recorded of a version when it is published with its artifact: in the manifest, under `_raya`. */
export interface ArtifactRecord {
  /** Compiler that made the `.rbin`. */
  readonly compiler: string;
  /** `sha256:<hex>` of the `.rbin`. */
  readonly checksum: string;
  /** `sha256:<hex>` of its index, which has the digests of all its files. */
  readonly index: string;
  /** Bytes of the `.rbin`. */
  readonly size: number;
}

/** One version in the words of the Raya protocol. */
export interface VersionMetadata {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  /** `sha256:<hex>` of what is at `download_url`; not there where nobody has compiled the version yet. */
  readonly checksum?: string;
  /** Where the `.rbin` is. What is there never changes. */
  readonly download_url: string;
  /** Compiler of that `.rbin`. */
  readonly compiler?: string;
  /** `sha256:<hex>` of the index of that `.rbin`, by which any part of it can be checked. */
  readonly index_checksum?: string;
  /** Bytes of that `.rbin`. */
  readonly size?: number;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optional_dependencies?: Readonly<Record<string, string>>;
  readonly peer_dependencies?: Readonly<Record<string, string>>;
  /** SHA-512 of the `.tgz` that the author published, SRI. */
  readonly integrity?: string;
  readonly deprecated?: string;
  /** Why the version is no longer chosen by anybody who has not locked it; `""` where nobody said. */
  readonly yanked?: string;
  readonly published_by?: string;
  /** ISO 8601. */
  readonly published_at?: string;
  /** `ed25519:<base64>`, by the author. */
  readonly signature?: string;
  /** `ed25519:<base64>`: the key that the signature is checked with. */
  readonly public_key?: string;
}

/** What `versionMetadata` makes it of. */
export interface DescribedVersion {
  readonly name: string;
  readonly version: string;
  readonly manifest: RawManifest;
  /** Address of `/packages/`. */
  readonly address: string;
  /** Compiler whose artifact is meant. */
  readonly compiler: string | undefined;
  /** That artifact, where it is known. */
  readonly artifact: ArtifactRecord | undefined;
  readonly published_at?: string | undefined;
}

export function versionMetadata({ manifest, artifact, ...described }: DescribedVersion): VersionMetadata {
  const { name, version, address, published_at } = described;
  const compiler = artifact?.compiler ?? described.compiler;
  const dist = asObject(manifest["dist"]);
  const publisher = asObject(manifest["_npmUser"])["name"];
  const query = compiler === undefined ? "" : `?compiler=${encodeURIComponent(compiler)}`;
  return compact({
    name,
    version,
    description: asText(manifest["description"]),
    checksum: artifact?.checksum,
    download_url: `${address}${name}/${encodeURIComponent(version)}/download${query}`,
    compiler,
    index_checksum: artifact?.index,
    size: artifact?.size,
    dependencies: asTexts(manifest["dependencies"]) ?? {},
    optional_dependencies: asTexts(manifest["optionalDependencies"]),
    peer_dependencies: asTexts(manifest["peerDependencies"]),
    integrity: asText(dist["integrity"]),
    deprecated: asText(manifest["deprecated"]),
    yanked: asText(manifest["yanked"]),
    published_by: asText(publisher),
    published_at,
    signature: asText(dist["signature"]),
    public_key: asText(dist["public_key"]),
  });
}

/** What was recorded of a version's artifact when it was published; npm's clients publish without. */
export function recordedArtifact(manifest: RawManifest): ArtifactRecord | undefined {
  const { compiler, checksum, index, size } = asObject(manifest["_raya"]);
  if (typeof compiler !== "string" || typeof checksum !== "string" || typeof index !== "string") return undefined;
  return typeof size === "number" ? { compiler, checksum, index, size } : undefined;
}

function asText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function asTexts(value: unknown): Record<string, string> | undefined {
  const entries = Object.entries(asObject(value)).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** Without what is undefined. */
function compact(metadata: { readonly [Key in keyof Required<VersionMetadata>]: VersionMetadata[Key] | undefined }) {
  const entries = Object.entries(metadata).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as unknown as VersionMetadata;
}
