/** By the runtime's own streams: many times faster than in JavaScript. */
export function gzip(chunks: readonly Uint8Array[]): Promise<Uint8Array<ArrayBuffer>> {
  return through(chunks, new CompressionStream("gzip"));
}

/** Deflate without head and checksum, for what has a digest. */
export function deflate(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return through([bytes], new CompressionStream("deflate-raw"));
}

/** @throws TypeError for what is not gzip */
export function gunzip(chunks: readonly Uint8Array[]): Promise<Uint8Array<ArrayBuffer>> {
  return through(chunks, new DecompressionStream("gzip"));
}

async function through(
  chunks: readonly Uint8Array[],
  stream: { readonly readable: ReadableStream<Uint8Array>; readonly writable: WritableStream },
): Promise<Uint8Array<ArrayBuffer>> {
  const left = chunks.values();
  const source = new ReadableStream<Uint8Array>({
    pull(controller) {
      const { done, value } = left.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
  });
  return new Uint8Array(await new Response(source.pipeThrough(stream)).arrayBuffer());
}
