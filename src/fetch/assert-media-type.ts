import { LoaderError, type ErrorDetails } from "../errors.ts";

/**
 * Refuses web pages: login forms, captive portals and single-page apps answer 200 with HTML where a file was asked for.
 * @throws LoaderError ERR_UNEXPECTED_TYPE
 */
export function assertMediaType(response: Response, details: ErrorDetails & { specifier: string }): void {
  const type = response.headers.get("content-type") ?? "";
  if (!/^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(type)) return;
  const message = `"${details.specifier}" was answered with a web page (${type})`;
  throw new LoaderError("ERR_UNEXPECTED_TYPE", message, { ...details, actual: type });
}
