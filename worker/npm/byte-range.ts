import { LoaderError } from "../../src/errors.ts";

/** A part of a body, both ends included. */
interface ByteRange {
  readonly first: number;
  readonly last: number;
}

const SINGLE = /^bytes=(?<first>\d*)-(?<last>\d*)$/;

/**
 * A body, or the one part of it that the request wants: `Range`, unless `If-Range` names another body. Several ranges in
 * one request, and units other than bytes, are answered with everything, as HTTP allows.
 * @param headers of the answer with the whole body, its ETag among them
 * @throws LoaderError ERR_RANGE_NOT_SATISFIABLE
 */
export function answerRange(
  request: Request,
  bytes: Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>>,
): Response {
  const whole = { ...headers, "accept-ranges": "bytes" };
  const range = wantedRange(request, bytes.length, headers["etag"]);
  if (range === undefined) return new Response(bytes, { headers: whole });
  const { first, last } = range;
  return new Response(bytes.subarray(first, last + 1), {
    status: 206,
    headers: { ...whole, "content-range": `bytes ${first}-${last}/${bytes.length}` },
  });
}

function wantedRange({ method, headers }: Request, size: number, etag: string | undefined): ByteRange | undefined {
  const condition = headers.get("if-range");
  // Only GET has ranges, and a part of another body is of no use.
  if (method !== "GET" || (condition !== null && condition !== etag)) return undefined;
  const groups = SINGLE.exec(headers.get("range") ?? "")?.groups;
  const { first = "", last = "" } = groups ?? {};
  if (first === "" && last === "") return undefined;
  const range =
    first === ""
      ? { first: Math.max(0, size - Number(last)), last: size - 1 }
      : { first: Number(first), last: last === "" ? size - 1 : Math.min(Number(last), size - 1) };
  if (first !== "" && last !== "" && Number(last) < Number(first)) return undefined;
  if (range.first <= range.last) return range;
  throw new LoaderError("ERR_RANGE_NOT_SATISFIABLE", `There are no such bytes: the whole has ${size}`, { size });
}
