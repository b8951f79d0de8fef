/** What a server calls the state of a file by: with it a later request asks whether it is still that. */
export interface FileVersion {
  readonly etag?: string;
  readonly lastModified?: string;
}

/** As an answer has it. */
export function versionOf(headers: Headers): FileVersion {
  const etag = headers.get("etag");
  const lastModified = headers.get("last-modified");
  return { ...(etag !== null && { etag }), ...(lastModified !== null && { lastModified }) };
}

/** Headers of the later request; undefined where the server had no name for it. */
export function validatorsOf({ etag, lastModified }: FileVersion): Record<string, string> | undefined {
  if (etag !== undefined) return { "if-none-match": etag };
  return lastModified === undefined ? undefined : { "if-modified-since": lastModified };
}
