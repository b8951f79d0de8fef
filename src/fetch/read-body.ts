import { type ErrorDetails, LoaderError } from "../errors.ts";
import type { SilenceTimer } from "./silence-timer.ts";

/** How a body is to be read. */
export interface ReadBodyOptions {
  /** Most bytes that may come. */
  readonly limit: number;
  /** Bytes that have to come, where known. */
  readonly total: number | undefined;
  readonly subject: string;
  readonly details: ErrorDetails;
  readonly timer: SilenceTimer;
  /** Sees every chunk, with the number of bytes so far. */
  readonly onChunk?: (chunk: Uint8Array, bytes: number) => void;
  /** Takes every chunk in place of the buffer that is given back, which is empty then. */
  readonly sink?: { write(chunk: Uint8Array): void } | undefined;
}

/**
 * Reads a body to its end.
 * @throws LoaderError ERR_SIZE_LIMIT as soon as it is known to be too large, ERR_FETCH_FAILED when it ends too early.
 */
export async function readBody(response: Response, options: ReadBodyOptions): Promise<Uint8Array<ArrayBuffer>> {
  const { total, subject, details } = options;
  assertSize(total ?? 0, options);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of readChunks(response, options.timer)) {
    size += chunk.length;
    assertSize(size, options);
    options.onChunk?.(chunk, size);
    if (options.sink === undefined) chunks.push(chunk);
    else options.sink.write(chunk);
  }
  if (total !== undefined && size < total) {
    const message = `"${subject}" was cut off after ${size} of ${total} bytes`;
    throw new LoaderError("ERR_FETCH_FAILED", message, { ...details, size, expected: `${total} bytes` });
  }
  return concatenate(chunks, options.sink === undefined ? size : 0);
}

async function* readChunks(response: Response, timer: SilenceTimer): AsyncGenerator<Uint8Array> {
  if (response.body === null) return;
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await timer.guard(reader.read());
      if (done) return;
      yield value;
    }
  } finally {
    // For whoever gives up half way. A stream that has failed has already said why.
    reader.cancel().catch(() => undefined);
  }
}

function assertSize(size: number, { limit, subject, details }: ReadBodyOptions): void {
  if (size <= limit) return;
  throw new LoaderError("ERR_SIZE_LIMIT", `"${subject}" is larger than ${limit} bytes`, { ...details, limit, size });
}

/** One buffer from many. */
export function concatenate(chunks: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
