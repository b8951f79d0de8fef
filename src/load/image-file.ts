import { gzipSync } from "fflate";
import { encodeImage } from "../run/encode-image.ts";
import type { Image } from "../run/image.ts";
import { digestBytes } from "../verify/digest.ts";
import { formatIntegrity } from "../verify/integrity.ts";

/** An image to be served: whoever knows its integrity runs it without loading or linking anything. */
export interface ImageFile {
  /** Gzip (RFC 1952) of what `encodeImage` gives; the same image is the same bytes everywhere. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** `sha256-…` of `bytes`. */
  readonly integrity: string;
}

/** Makes the file of a program's image, for `fetchImage` of `raya/browser`. */
export async function createImageFile(image: Image): Promise<ImageFile> {
  const bytes = gzipSync(encodeImage(image), { level: 9, mtime: 0 });
  return { bytes, integrity: formatIntegrity("sha256", await digestBytes("sha256", bytes)) };
}
