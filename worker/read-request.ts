import { LoaderError } from "../src/errors.ts";
import { concatenate } from "../src/fetch/read-body.ts";

/**
 * Reads a request's JSON, gzipped or not, counting while it streams.
 * @param limit bytes, decoded
 * @throws LoaderError ERR_SIZE_LIMIT, ERR_REQUEST_INVALID
 */
export async function readJson(request: Request, limit: number): Promise<unknown> {
  const text = await readText(request, limit);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LoaderError("ERR_REQUEST_INVALID", "The request's body is not JSON", {}, cause);
  }
}

/** The same, of a text. */
export async function readText(request: Request, limit: number): Promise<string> {
  return new TextDecoder().decode(await readBytes(request, limit));
}

/** The same, of bytes. */
export async function readBytes(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw tooLarge(limit);
  for await (const chunk of readChunks(request)) {
    size += chunk.length;
    if (size > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  return concatenate(chunks, size);
}

async function* readChunks(request: Request): AsyncGenerator<Uint8Array> {
  if (request.body === null) return;
  const reader = decoded(request.body, request.headers.get("content-encoding") ?? "identity").getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw new LoaderError("ERR_REQUEST_INVALID", "The request's body cannot be read", {}, cause);
      });
      if (done) return;
      yield value;
    }
  } finally {
    // For whoever gives up half way. A stream that has failed has already said why.
    reader.cancel().catch(() => undefined);
  }
}

function decoded(body: ReadableStream<Uint8Array>, encoding: string): ReadableStream<Uint8Array> {
  if (encoding === "identity") return body;
  if (encoding !== "gzip")
    throw new LoaderError("ERR_REQUEST_INVALID", `A request's body may be gzipped, not ${encoding}`);
  const gunzip: { readonly readable: ReadableStream<Uint8Array>; readonly writable: WritableStream } =
    new DecompressionStream("gzip");
  return body.pipeThrough(gunzip);
}

function tooLarge(limit: number): LoaderError {
  return new LoaderError("ERR_SIZE_LIMIT", `The request's body is larger than ${limit} bytes`, { limit });
}
