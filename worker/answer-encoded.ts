import type { Edge } from "./edge.ts";
import { gzip } from "./gzip.ts";
import { answerRange } from "./npm/byte-range.ts";
import { zstd } from "./registry/zstd.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** How answers are encoded, the best first. */
const ENCODERS: Readonly<Record<string, (bytes: Bytes) => Bytes | Promise<Bytes>>> = {
  zstd,
  gzip: (bytes) => gzip([bytes]),
};

/**
 * Bytes encoded as the request takes it, with Zstandard, else gzip, and kept so for the next. A part of them is not encoded, so that it
 * is a part of the bytes themselves.
 * @param digest names the bytes for the client
 * @param name what they are kept by: other bytes have another. Default the digest
 */
export async function answerEncoded(
  { memory }: Pick<Edge, "memory">,
  request: Request,
  bytes: Bytes,
  digest: string,
  headers: Readonly<Record<string, string>>,
  name = digest,
): Promise<Response> {
  const described = { ...headers, vary: [headers["vary"], "accept-encoding"].filter(Boolean).join(", ") };
  const encoding = request.headers.has("range") ? undefined : acceptedEncoding(request);
  if (encoding === undefined) return answerRange(request, bytes, { ...described, etag: `"${digest}"` });
  const key = `encoded:${encoding} ${name}`;
  let encoded = memory.get(key) as Bytes | undefined;
  if (encoded === undefined) {
    encoded = (await ENCODERS[encoding]?.(bytes)) ?? bytes;
    memory.set(key, encoded, encoded.length);
  }
  const length = String(encoded.length);
  const encodedHeaders = { etag: `"${digest}-${encoding}"`, "content-encoding": encoding, "content-length": length };
  const init = { headers: { ...described, ...encodedHeaders }, encodeBody: "manual" as const };
  return new Response(encoded, init);
}

function acceptedEncoding(request: Request): string | undefined {
  const accepted = clientsEncodings(request).toLowerCase().split(",");
  const names = accepted.flatMap((one) => {
    const [name = "", weight = "q=1"] = one.split(";").map((part) => part.trim());
    return /^q=0(?:\.0*)?$/.test(weight) ? [] : [name];
  });
  return Object.keys(ENCODERS).find((name) => names.includes(name));
}

/** What the client itself takes: the platform asks its workers for encodings of its own, and says beside it what the client asked for. */
function clientsEncodings(request: Request): string {
  const platform: Readonly<Record<string, unknown>> = { ...(Reflect.get(request, "cf") as object | undefined) };
  const { clientAcceptEncoding: told = request.headers.get("accept-encoding") } = platform;
  return typeof told === "string" ? told : "";
}
