/** An answer that has been read to its end. */
export interface ReadAnswer {
  readonly status: number;
  /** With its head, and what a chunked body has between its chunks. */
  readonly bytes: number;
}

const HEAD_END = "\r\n\r\n";
const LINE_END = "\r\n";
const NOTHING = Buffer.alloc(0);

/**
 * Reads the answers of one HTTP/1.1 connection, one after the other, and looks at no more of them than it takes to know where
 * they end: whoever measures a server must not be slower than it is.
 */
export function createAnswerReader(ended: (answer: ReadAnswer) => void): (data: Buffer) => void {
  /** What has come of a head, or of the line before a chunk, that is not all there. */
  let pending: Buffer = NOTHING;
  let part: "head" | "chunk" | "body" | "last" = "head";
  /** Bytes of the body, or of the chunk with its end, that are still to come. */
  let left = 0;
  let answer = { status: 0, bytes: 0 };

  const finish = (): void => {
    const done = answer;
    [part, answer] = ["head", { status: 0, bytes: 0 }];
    ended(done);
  };
  const readHead = (head: string): void => {
    answer.status = Number(head.slice(9, 12));
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length === undefined && !/\r\ntransfer-encoding: *chunked/i.test(head))
      throw new Error(`an answer does not say where it ends:\n${head}`);
    [part, left] = length === undefined ? ["chunk", 0] : ["body", Number(length)];
    if (part === "body" && left === 0) finish();
  };
  const readChunkLine = (line: string): void => {
    const size = Number.parseInt(line, 16);
    [part, left] = [size === 0 ? "last" : "chunk", size + LINE_END.length];
  };

  return (data) => {
    const all = pending.length === 0 ? data : Buffer.concat([pending, data]);
    answer.bytes += data.length;
    pending = NOTHING;
    for (let at = 0; at < all.length;) {
      if (left > 0) {
        const taken = Math.min(left, all.length - at);
        [left, at] = [left - taken, at + taken];
        if (left === 0 && part !== "chunk") finish();
        continue;
      }
      const terminator = part === "head" ? HEAD_END : LINE_END;
      const end = all.indexOf(terminator, at);
      if (end === -1) {
        // A copy: the buffer is the connection's, and is used again.
        pending = Buffer.from(all.subarray(at));
        return;
      }
      const text = all.toString("latin1", at, end);
      at = end + terminator.length;
      if (part === "head") readHead(text);
      else readChunkLine(text);
    }
  };
}
