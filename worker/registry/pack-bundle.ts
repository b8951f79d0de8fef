import { packTar } from "modern-tar";
import { encodeText } from "../encode-text.ts";

/** Changes when `metadata.json` does. */
const BUNDLE_FORMAT = 1;

/** What one archive of a compiled package is made of. */
export interface BundleContents {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  /** `sha256:<hex>` of the `.rbin`. */
  readonly checksum: string;
  readonly rbin: Uint8Array<ArrayBuffer>;
  /** The `.rdef`; undefined where the package has no types. */
  readonly types: Uint8Array<ArrayBuffer> | undefined;
  /** The author's archive, of packages that go out with their sources. */
  readonly source: Uint8Array<ArrayBuffer> | undefined;
}

/** The tar of the seed's download: `module.rbin`, `module.rdef` where there are types, `source.tgz` where that is wanted, `metadata.json`. Same contents, same bytes. */
export async function packBundle({
  rbin,
  types,
  source,
  ...metadata
}: BundleContents): Promise<Uint8Array<ArrayBuffer>> {
  const about = encodeText(`${JSON.stringify({ format: BUNDLE_FORMAT, ...metadata }, undefined, 2)}\n`);
  const entries = [
    { name: "metadata.json", body: about },
    { name: "module.rbin", body: rbin },
    ...(types === undefined ? [] : [{ name: "module.rdef", body: types }]),
    ...(source === undefined ? [] : [{ name: "source.tgz", body: source }]),
  ];
  const tar = await packTar(
    entries.map(({ name, body }) => ({ header: { name, size: body.length, mode: 0o644, mtime: new Date(0) }, body })),
  );
  return new Uint8Array(tar);
}
