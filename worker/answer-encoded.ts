import type { Edge } from "./edge.ts";
import { inPieces } from "./in-pieces.ts";
import { answerRange } from "./npm/byte-range.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Encodings of answers, as HTTP calls them, the best first. */
export type Encoders = Readonly<Record<string, (bytes: Bytes) => Bytes | Promise<Bytes>>>;

/**
 * Bytes encoded as the request takes it, with what the runtime has for that, and kept so for the next. A part of them is not encoded, so
 * that it is a part of the bytes themselves.
 * @param digest names the bytes for the client
 * @param name what they are kept by: other bytes have another. Default the digest
 */
export async function answerEncoded(
  { recall, ports: { encoders = {} } }: Pick<Edge, "recall" | "ports">,
  request: Request,
  bytes: Bytes,
  digest: string,
  headers: Readonly<Record<string, string>>,
  name = digest,
): Promise<Response> {
  const varying = Object.keys(encoders).length > 0 ? "accept-encoding" : undefined;
  const vary = [headers["vary"], varying].filter((found) => found !== undefined).join(", ");
  const described = { ...headers, ...(vary === "" ? {} : { vary }) };
  const isPart = request.headers.has("range");
  const encoding = isPart ? undefined : acceptedEncoding(request, Object.keys(encoders));
  const encode = encoding === undefined ? undefined : encoders[encoding];
  if (encoding === undefined || encode === undefined) {
    const plain = { ...described, etag: `"${digest}"` };
    return isPart || bytes.length < LARGE ? answerRange(request, bytes, plain) : answerInPieces(bytes, plain);
  }
  const encoded = await recall(`encoded:${encoding} ${name}`, async () => {
    const value = await encode(bytes);
    return { value, size: value.length };
  });
  const length = String(encoded.length);
  const encodedHeaders = { etag: `"${digest}-${encoding}"`, "content-encoding": encoding, "content-length": length };
  const init = { headers: { ...described, ...encodedHeaders }, encodeBody: "manual" as const };
  return new Response(encoded, init);
}

/** Bytes from which on an answer goes out in pieces. */
const LARGE = 1024 * 1024;

/** Its length is for who counts: what goes out in pieces is chunked. */
function answerInPieces(bytes: Bytes, headers: Readonly<Record<string, string>>): Response {
  const described = { ...headers, "accept-ranges": "bytes", "content-length": String(bytes.length) };
  return new Response(inPieces(bytes), { headers: described });
}

function acceptedEncoding(request: Request, known: readonly string[]): string | undefined {
  const accepted = clientsEncodings(request).toLowerCase().split(",");
  const names = accepted.flatMap((one) => {
    const [name = "", weight = "q=1"] = one.split(";").map((part) => part.trim());
    return /^q=0(?:\.0*)?$/.test(weight) ? [] : [name];
  });
  return known.find((name) => names.includes(name));
}

/** What the client itself takes: the platform asks its workers for encodings of its own, and says beside it what the client asked for. */
function clientsEncodings(request: Request): string {
  const platform: Readonly<Record<string, unknown>> = { ...(Reflect.get(request, "cf") as object | undefined) };
  const { clientAcceptEncoding: told = request.headers.get("accept-encoding") } = platform;
  return typeof told === "string" ? told : "";
}
