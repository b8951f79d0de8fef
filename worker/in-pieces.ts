/** Bytes of a piece: large enough that there are few, small enough that what the runtime takes for one is used again for the next. */
const PIECE = 256 * 1024;

/**
 * A body of some megabytes that are in memory, in pieces of them. Of one buffer the runtime makes a whole copy for every answer, in memory
 * that is fresh each time: a third of what such an answer takes, and as much room for each client until it has all of it.
 */
export function inPieces(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> {
  let at = 0;
  const pull = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    controller.enqueue(bytes.subarray(at, at + PIECE));
    at += PIECE;
    if (at >= bytes.length) controller.close();
  };
  return new ReadableStream({ pull }, { highWaterMark: 0 });
}
