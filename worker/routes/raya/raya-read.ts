import { encodeText } from "../../encode-text.ts";
import { publicAddress } from "../npm.ts";
import type { RawPackument } from "../../npm/packument-form.ts";
import { manifestOf, type ServedDocument } from "../../registry/served-packages.ts";
import { recordedArtifact, type VersionMetadata, versionMetadata } from "../../registry/version-metadata.ts";
import type { RayaRequest } from "./mount-raya.ts";
import { PACKAGES_PREFIX, readCompiler } from "./raya-path.ts";

/** A package in the words of the Raya protocol. */
interface PackageMetadata {
  readonly name: string;
  readonly description?: string;
  readonly tags: unknown;
  readonly versions: Readonly<Record<string, VersionMetadata>>;
  /** ISO 8601. */
  readonly created?: string;
  readonly modified?: string;
}

/** `GET /packages/<name>`: all versions, yanked ones too, with the checksum where it is known. */
export async function readPackage(request: RayaRequest, name: string): Promise<Response> {
  const { c, edge, served } = request;
  const found = await served.document(name, "full");
  const address = publicAddress(edge, c.req.url) + PACKAGES_PREFIX;
  const compiler = edge.ports.compiler?.id;
  return answer(request, found, name, `package ${compiler} ${address}`, (document) => {
    const versions = Object.entries(document.versions ?? {}).map(([version, manifest]): [string, VersionMetadata] => {
      const artifact = recordedArtifact(manifest);
      const published_at = publishedAt(document, version);
      return [version, versionMetadata({ name, version, manifest, address, compiler, artifact, published_at })];
    });
    const { description } = document;
    const shown: PackageMetadata = {
      name,
      ...(typeof description === "string" ? { description } : {}),
      tags: document["dist-tags"] ?? {},
      versions: Object.fromEntries(versions),
      ...times(document),
    };
    return shown;
  });
}

/** `GET /packages/<name>/tags` */
export async function readTags(request: RayaRequest, name: string): Promise<Response> {
  const found = await request.served.document(name);
  return answer(request, found, name, "tags", (document) => ({ ...(document["dist-tags"] as object | undefined) }));
}

/**
 * `GET /packages/<name>/<version>`: with the checksum of its `.rbin`, which is compiled for it where nobody has; of another
 * compiler's with `?compiler=`.
 */
export async function readVersion(
  request: RayaRequest,
  { name, version }: { readonly name: string; readonly version: string },
): Promise<Response> {
  const { c, edge, served } = request;
  const found = await served.document(name);
  const wanted = readCompiler(c.req.query("compiler"));
  const address = publicAddress(edge, c.req.url) + PACKAGES_PREFIX;
  return answer(request, found, name, `version ${version} ${wanted ?? ""} ${address}`, async (document) => {
    const manifest = manifestOf(document, name, version);
    const recorded = recordedArtifact(manifest);
    const isRecorded = recorded !== undefined && (wanted === undefined || wanted === recorded.compiler);
    const artifact = isRecorded ? recorded : await served.artifact(name, version, wanted);
    const { compiler } = artifact;
    const published_at = publishedAt(document, version);
    return versionMetadata({ name, version, manifest, address, compiler, artifact, published_at });
  });
}

/**
 * Rendered once for each state of a package.
 * @param part which of the answers that are made of one document
 */
async function answer(
  { edge: { recall } }: RayaRequest,
  { headers, read }: ServedDocument,
  name: string,
  part: string,
  render: (document: RawPackument) => object | Promise<object>,
): Promise<Response> {
  const { etag = "", ...others } = headers;
  const bytes = await recall(`raya:${etag} ${name} ${part}`, async () => {
    const value = encodeText(JSON.stringify(await render(read())));
    return { value, size: value.length };
  });
  const described = { ...others, "content-type": "application/json", "content-length": String(bytes.length) };
  // One document, many answers.
  const kind = part.split(" ", 2).join("-");
  return new Response(bytes, { headers: { ...described, etag: etag.replace(/"$/, `-${kind}"`) } });
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
