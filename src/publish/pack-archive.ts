import { gzipSync } from "fflate";
import { packTar } from "modern-tar";

/** Packs an archive as npm does. The same files give the same bytes, whenever and wherever: what is sent twice is one publication. */
export async function packArchive(files: ReadonlyMap<string, Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const paths = [...files.keys()].toSorted();
  const tar = await packTar(
    paths.map((path) => {
      const body = files.get(path) ?? new Uint8Array();
      return { header: { name: `package/${path}`, size: body.length, mode: 0o644, mtime: new Date(0) }, body };
    }),
  );
  return new Uint8Array(gzipSync(tar, { level: 9, mtime: 0 }));
}
