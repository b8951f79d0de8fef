import { LoaderError } from "../../errors.ts";
import { resumeServices } from "../../load/resumed-services.ts";
import type { Program } from "../../loader.ts";
import { decodeImage } from "../../run/encode-image.ts";
import type { Image, RealmServices } from "../../run/image.ts";
import { verifyBytes } from "../../verify/verify-bytes.ts";

/** What is known of an image before it is there. */
export interface ImageOptions {
  /** Of the file, as an SRI: `sha256-…`. */
  readonly integrity: string;
  /**
   * Loads the program that the image was made of. Called, once, when something is wanted that the image does not have: an
   * `import()` that is reached, a worker, a file, the places that a stack names.
   */
  readonly load: () => Promise<Program>;
  readonly signal?: AbortSignal;
}

/** An image, and what answers its realm. */
export interface FetchedImage {
  readonly image: Image;
  readonly services: RealmServices;
}

/**
 * Fetches the file of an image (`createImageFile`) and checks it, before anything of it is looked at. Neither loader nor
 * lockfile is needed until the program asks for more.
 * @throws LoaderError ERR_FETCH_FAILED, ERR_FETCH_STATUS, ERR_INTEGRITY_MISMATCH, ERR_INTEGRITY_UNSUPPORTED, ERR_ARTIFACT_INVALID;
 * the signal's reason
 */
export async function fetchImage(url: string, { integrity, load, signal }: ImageOptions): Promise<FetchedImage> {
  const bytes = await fetchFile(url, signal);
  await verifyBytes(bytes, integrity, { url });
  const unpacked = new Response(bytes).body?.pipeThrough(new DecompressionStream("gzip"));
  const { image } = decodeImage(new Uint8Array(await new Response(unpacked).arrayBuffer()));
  return { image, services: resumeServices(image, load).services };
}

async function fetchFile(url: string, signal: AbortSignal | undefined): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const response = await fetch(url, signal === undefined ? {} : { signal });
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
    const { status } = response;
    throw new LoaderError("ERR_FETCH_STATUS", `"${url}" was answered with ${status}`, { url, status });
  } catch (cause) {
    if (cause instanceof LoaderError || signal?.aborted === true) throw cause;
    throw new LoaderError("ERR_FETCH_FAILED", `"${url}" could not be fetched`, { url }, cause);
  }
}
