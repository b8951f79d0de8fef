import type { BuiltinParts, Members } from "./builtin-realm.ts";

interface BufferClass {
  from: (value: unknown, encoding?: unknown, length?: number) => Uint8Array;
  isEncoding: (encoding: unknown) => boolean;
  readonly prototype: { toString: (this: unknown, encoding?: string, start?: number, end?: number) => string };
}

/** `buffer`: what browsers have of it, and the encoding `base64url`, which the package does not know. */
export const bufferParts: BuiltinParts = (polyfill, { global }) => {
  const Buffer = polyfill["Buffer"] as BufferClass;
  const isBase64url = (encoding: unknown): boolean =>
    typeof encoding === "string" && encoding.toLowerCase() === "base64url";
  if (!Buffer.isEncoding("base64url")) {
    const { from, isEncoding } = Buffer;
    const { toString } = Buffer.prototype;
    // Its base64 reads both alphabets.
    Buffer.from = (value, encoding, length) => from(value, isBase64url(encoding) ? "base64" : encoding, length);
    Buffer.isEncoding = (encoding) => isBase64url(encoding) || isEncoding(encoding);
    Buffer.prototype.toString = function (encoding, start, end) {
      if (!isBase64url(encoding)) return toString.call(this, encoding, start, end);
      const text = toString.call(this, "base64", start, end);
      return text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
    };
  }
  const view = (value: ArrayBufferView | ArrayBuffer): Uint8Array =>
    ArrayBuffer.isView(value)
      ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
      : new Uint8Array(value);
  const length = polyfill["kMaxLength"];
  return {
    Blob: global["Blob"],
    File: global["File"],
    atob: (text: string) => global.atob(text),
    btoa: (text: string) => global.btoa(text),
    constants: { MAX_LENGTH: length, MAX_STRING_LENGTH: 536_870_888 },
    isAscii: (value: ArrayBufferView | ArrayBuffer) => view(value).every((byte) => byte < 128),
    isUtf8: (value: ArrayBufferView | ArrayBuffer) => {
      try {
        new TextDecoder("utf-8", { fatal: true }).decode(view(value));
        return true;
      } catch {
        return false;
      }
    },
    kStringMaxLength: 536_870_888,
  };
};

/** `querystring`: what the package keeps to itself. */
export const queryParts: BuiltinParts = () => ({
  escape: (text: unknown) => encodeURIComponent(typeof text === "string" ? text : String(text)),
  unescape: (text: string) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  },
});

/** `zlib`: its numbers by name, which the package only has beside its functions, and checksums. */
export const zlibParts: BuiltinParts = (polyfill) => {
  const numbers = Object.entries(polyfill).filter(
    ([name, value]) => name.startsWith("Z_") && typeof value === "number",
  );
  const table = Array.from({ length: 256 }, (_, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xed_b8_83_20 : value >>> 1;
    return value;
  });
  const crc32 = (data: string | Uint8Array, start = 0): number => {
    let value = ~start;
    for (const byte of typeof data === "string" ? new TextEncoder().encode(data) : data)
      value = (value >>> 8) ^ (table[(value ^ byte) & 255] ?? 0);
    return ~value >>> 0;
  };
  return { constants: Object.freeze(Object.fromEntries(numbers)), crc32 };
};

/** `stream/consumers`: reads a stream, of Node or of the web, to its end. */
export const consumerParts: BuiltinParts = (_, { global, require }) => {
  type Chunks = AsyncIterable<unknown>;
  const blob = async (stream: Chunks): Promise<Blob> => {
    const chunks: BlobPart[] = [];
    for await (const chunk of stream) chunks.push(chunk as BlobPart);
    return new global.Blob(chunks);
  };
  const text = async (stream: Chunks): Promise<string> => {
    const decoder = new TextDecoder();
    let all = "";
    for await (const chunk of stream)
      all += typeof chunk === "string" ? chunk : decoder.decode(chunk as BufferSource, { stream: true });
    return all + decoder.decode();
  };
  const arrayBuffer = async (stream: Chunks): Promise<ArrayBuffer> => (await blob(stream)).arrayBuffer();
  return {
    arrayBuffer,
    blob,
    buffer: async (stream: Chunks) => {
      const { Buffer } = require("buffer") as { Buffer: { from(value: ArrayBuffer): unknown } };
      return Buffer.from(await arrayBuffer(stream));
    },
    bytes: async (stream: Chunks) => new Uint8Array(await arrayBuffer(stream)),
    json: async (stream: Chunks) => JSON.parse(await text(stream)) as unknown,
    text,
  } satisfies Members;
};
