import { type FetchContext, type FetchedBytes, fetchBytes } from "../fetch/fetch-bytes.ts";
import type { Credentials } from "../fetch/registries/credentials.ts";
import type { MetadataQuestion } from "./metadata-question.ts";

/** Below a registry's base. Names of packages do not begin so. */
export const METADATA_ENDPOINT = "-/raya/metadata";

/** All that one answer may have, bytes: the largest projects have a twentieth. */
const ANSWER_LIMIT = 256 * 1024 * 1024;

/** Who is asked. */
interface AskedEdge {
  /** URL of the edge's registry; ends with `/`. */
  readonly base: string;
  /** Base URL of the registry that a package comes from: an edge is not told what is asked of others. */
  readonly addressOf: (name: string) => string;
  readonly credentials?: Credentials | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks an edge for the metadata of everything that a project leads to: one request in place of hundreds.
 * @returns the answer as `readMetadataText` takes it, without what the edge could not have
 * @throws LoaderError what `fetchBytes` throws: ERR_FETCH_STATUS where there is no edge but a plain registry
 */
export function fetchMetadataAhead(
  context: FetchContext,
  question: MetadataQuestion,
  { base, addressOf, credentials, signal }: AskedEdge,
): Promise<FetchedBytes> {
  const ofEdge = <Asked>(record: Readonly<Record<string, Asked>>): Record<string, Asked> =>
    Object.fromEntries(Object.entries(record).filter(([name]) => addressOf(name) === base));
  const { wanted, preferred = {} } = question;
  return fetchBytes(context, {
    url: base + METADATA_ENDPOINT,
    subject: "metadata",
    limit: ANSWER_LIMIT,
    body: JSON.stringify({ ...question, wanted: ofEdge(wanted), preferred: ofEdge(preferred) }),
    headers: { "content-type": "application/json", accept: "application/x-ndjson" },
    credentials,
    signal,
  });
}
