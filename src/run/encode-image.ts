import { LoaderError } from "../errors.ts";
import type { Image, ImageModule } from "./image.ts";

interface WrittenModule extends Omit<ImageModule, "code"> {
  /** Of its code, in bytes. */
  readonly length: number;
}

type WrittenImage = Omit<Image, "modules"> & { readonly modules: readonly WrittenModule[] };

/** An image, and what was written beside it. */
export interface DecodedImage {
  readonly image: Image;
  readonly about: object;
}

/**
 * An image as bytes: u32 length of the JSON, little-endian · JSON, without the code of modules · their code, one after the other, UTF-8.
 * @param about goes into the JSON as well, beside `image`
 */
export function encodeImage(image: Image, about: object = {}): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const codes = image.modules.map(({ code }) => encoder.encode(code));
  const modules = image.modules.map(({ url, kind }, index) => ({ url, kind, length: codes[index]?.length ?? 0 }));
  const head = encoder.encode(JSON.stringify({ ...about, image: { ...image, modules } }));
  const bytes = new Uint8Array(4 + head.length + codes.reduce((length, code) => length + code.length, 0));
  new DataView(bytes.buffer).setUint32(0, head.length, true);
  bytes.set(head, 4);
  let at = 4 + head.length;
  for (const code of codes) {
    bytes.set(code, at);
    at += code.length;
  }
  return bytes;
}

/**
 * What `encodeImage` wrote.
 * @throws LoaderError ERR_ARTIFACT_INVALID
 */
export function decodeImage(bytes: Uint8Array<ArrayBuffer>): DecodedImage {
  try {
    return decodeParts(bytes);
  } catch (cause) {
    throw new LoaderError("ERR_ARTIFACT_INVALID", "The bytes are not those of an image", {}, cause);
  }
}

function decodeParts(bytes: Uint8Array<ArrayBuffer>): DecodedImage {
  const decoder = new TextDecoder();
  let at = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const head = JSON.parse(decoder.decode(bytes.subarray(4, at))) as { readonly image: WrittenImage };
  const { image, ...about } = head;
  const modules = image.modules.map(({ url, kind, length }) => {
    const code = decoder.decode(bytes.subarray(at, at + length));
    at += length;
    return { url, kind, code };
  });
  if (at !== bytes.length) throw new RangeError(`It has ${bytes.length} bytes, and should have ${at}`);
  return { image: { ...image, modules }, about };
}
