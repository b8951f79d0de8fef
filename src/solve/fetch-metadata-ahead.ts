import { type FetchContext, fetchBytes } from "../fetch/fetch-bytes.ts";
import type { Credentials } from "../fetch/registries/credentials.ts";
import type { MetadataQuestion } from "./metadata-question.ts";
import { readMetadataText } from "./metadata-text.ts";
import type { PackageMetadata } from "./reduce-metadata.ts";

/** Below a registry's base. Names of packages do not begin so. */
export const METADATA_ENDPOINT = "-/raya/metadata";

/** All that one answer may have, bytes: the largest projects have a twentieth. */
const ANSWER_LIMIT = 256 * 1024 * 1024;

/**
 * Asks an edge for the metadata of everything that a project leads to: one request in place of hundreds.
 * @param base URL of the edge's registry; ends with `/`
 * @returns by name, in the form that solving takes; without what the edge could not have
 * @throws LoaderError ERR_PACKUMENT_INVALID, and what `fetchBytes` throws: ERR_FETCH_STATUS where there is no edge but a
 * plain registry
 */
export async function fetchMetadataAhead(
  context: FetchContext,
  base: string,
  question: MetadataQuestion,
  credentials?: Credentials,
): Promise<Map<string, PackageMetadata>> {
  const { bytes } = await fetchBytes(context, {
    url: base + METADATA_ENDPOINT,
    subject: "metadata",
    limit: ANSWER_LIMIT,
    body: JSON.stringify(question),
    headers: { "content-type": "application/json", accept: "application/x-ndjson" },
    credentials,
  });
  return readMetadataText(new TextDecoder().decode(bytes));
}
