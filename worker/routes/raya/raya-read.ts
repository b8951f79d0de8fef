import { publicAddress } from "../npm.ts";
import type { RawPackument } from "../../npm/packument-form.ts";
import { manifestOf } from "../../registry/served-packages.ts";
import { recordedArtifact, type VersionMetadata, versionMetadata } from "../../registry/version-metadata.ts";
import type { RayaRequest } from "./mount-raya.ts";
import { PACKAGES_PREFIX } from "./raya-path.ts";

/** A package in the words of the Raya protocol. */
interface PackageMetadata {
  readonly name: string;
  readonly description?: string;
  readonly tags: unknown;
  readonly versions: Readonly<Record<string, VersionMetadata>>;
  /** ISO 8601; of packages that were published here. */
  readonly created?: string;
  readonly modified?: string;
}

/** `GET /packages/<name>`: all versions, yanked ones too, with the checksum where it is known. */
export async function readPackage({ c, edge, served }: RayaRequest, name: string): Promise<Response> {
  const { document, headers } = await served.document(name);
  const address = publicAddress(edge, c.req.url) + PACKAGES_PREFIX;
  const present = edge.ports.compiler?.id;
  const versions = Object.entries(document.versions ?? {}).map(([version, manifest]): [string, VersionMetadata] => {
    const artifact = recordedArtifact(manifest);
    const published_at = publishedAt(document, version);
    return [version, versionMetadata({ name, version, manifest, address, compiler: present, artifact, published_at })];
  });
  const { description } = document;
  const shown: PackageMetadata = {
    name,
    ...(typeof description === "string" ? { description } : {}),
    tags: document["dist-tags"] ?? {},
    versions: Object.fromEntries(versions),
    ...times(document),
  };
  return c.json(shown, 200, headers);
}

/** `GET /packages/<name>/tags` */
export async function readTags({ c, served }: RayaRequest, name: string): Promise<Response> {
  const { document, headers } = await served.document(name);
  return c.json({ ...(document["dist-tags"] as object | undefined) }, 200, withPart(headers, "tags"));
}

/**
 * `GET /packages/<name>/<version>`: with the checksum of its `.rbin`, which is compiled for it where nobody has; of another
 * compiler's with `?compiler=`.
 */
export async function readVersion(
  { c, edge, served }: RayaRequest,
  { name, version }: { readonly name: string; readonly version: string },
): Promise<Response> {
  const { document, headers } = await served.document(name);
  const manifest = manifestOf(document, name, version);
  const wanted = c.req.query("compiler");
  const recorded = recordedArtifact(manifest);
  const isRecorded = recorded !== undefined && (wanted === undefined || wanted === recorded.compiler);
  const artifact = isRecorded ? recorded : await served.artifact(name, version, wanted);
  const address = publicAddress(edge, c.req.url) + PACKAGES_PREFIX;
  const { compiler } = artifact;
  const published_at = publishedAt(document, version);
  const shown = versionMetadata({ name, version, manifest, address, compiler, artifact, published_at });
  return c.json(shown, 200, withPart(headers, `${version}-${compiler}`));
}

/** One packument, many answers that are made of it. */
function withPart(headers: Readonly<Record<string, string>>, part: string): Record<string, string> {
  const { etag, ...others } = headers;
  return etag === undefined ? others : { ...others, etag: etag.replace(/"$/, `-${part}"`) };
}

function publishedAt({ time }: RawPackument, version: string): string | undefined {
  const at = time !== undefined && Object.hasOwn(time, version) ? time[version] : undefined;
  return typeof at === "string" ? at : undefined;
}

function times({ time }: RawPackument): Pick<PackageMetadata, "created" | "modified"> {
  const { created, modified } = time ?? {};
  return {
    ...(typeof created === "string" ? { created } : {}),
    ...(typeof modified === "string" ? { modified } : {}),
  };
}
