import { LoaderError } from "../../../src/errors.ts";
import { answerRange } from "../../npm/byte-range.ts";
import { answerEncoded } from "../../answer-encoded.ts";
import { readCompiler } from "./raya-path.ts";
import type { RayaRequest } from "./mount-raya.ts";

/** Forms of a download, and their media types. */
const FORMATS = { rbin: "application/octet-stream", "tar.zst": "application/zstd", tgz: "application/gzip" } as const;
type Format = keyof typeof FORMATS;

/**
 * `GET /packages/<name>/<version>/download`: the `.rbin`; with `format` the `.tar.zst` with types and metadata, or the author's
 * `.tgz`. What is asked for with its `compiler`, and every `.tgz`, never changes.
 * @throws LoaderError ERR_REQUEST_INVALID
 */
export async function downloadVersion(
  { c, edge, served }: RayaRequest,
  { name, version }: { readonly name: string; readonly version: string },
): Promise<Response> {
  const format = readFormat(c.req.query("format") ?? "rbin");
  const compiler = readCompiler(c.req.query("compiler"));
  const { bytes, ...described } = await load(format, served, name, version, compiler);
  const isForever = format === "tgz" || compiler !== undefined;
  const file = `${name.slice(name.indexOf("/") + 1)}-${version}.${format}`;
  const headers = {
    ...served.forever,
    ...(isForever ? {} : { "cache-control": "private, no-cache" }),
    ...described.headers,
    "content-type": FORMATS[format],
    "content-disposition": `attachment; filename="${file}"`,
    "raya-checksum": described.checksum,
    "raya-source": "edge",
  };
  // The others are compressed already.
  if (format === "rbin") return answerEncoded(edge, c.req.raw, bytes, described.checksum, headers);
  return answerRange(c.req.raw, bytes, { ...headers, etag: `"${described.checksum}"` });
}

async function load(
  format: Format,
  served: RayaRequest["served"],
  name: string,
  version: string,
  compiler: string | undefined,
) {
  if (format === "tgz") {
    const { integrity, ...archive } = await served.archive(name, version);
    return { ...archive, headers: { "raya-integrity": integrity } };
  }
  const { bytes, checksum } = await (format === "rbin"
    ? served.artifact(name, version, compiler)
    : served.bundle(name, version, compiler));
  return { bytes, checksum, headers: {} };
}

function readFormat(text: string): Format {
  if (Object.hasOwn(FORMATS, text)) return text as Format;
  const expected = Object.keys(FORMATS).join(", ");
  throw new LoaderError("ERR_REQUEST_INVALID", `There is no format "${text}" of a download`, {
    actual: text,
    expected,
  });
}
