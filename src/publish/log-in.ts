import { LoaderError } from "../errors.ts";
import { parseRetryAfter } from "../fetch/retry.ts";
import { type RegistryContext, sendRequest } from "./send-request.ts";

/** How somebody logs in. */
export interface LogInOptions {
  /** Shows the address that they have to open and confirm at. */
  readonly show: (url: string) => void;
  readonly signal?: AbortSignal;
}

/** Milliseconds between two questions whether somebody has confirmed, where the registry does not say. */
const POLL_AFTER = 2_000;

/**
 * Logs in with a browser (R101): shows an address, and waits until somebody has confirmed there.
 * @returns the token, which is kept nowhere
 * @throws LoaderError ERR_LOGIN_EXPIRED, ERR_UNEXPECTED_TYPE, and what `sendRequest` throws; the signal's reason
 */
export async function logIn(context: RegistryContext, { show, signal }: LogInOptions): Promise<string> {
  const subject = "login";
  const begun = await sendRequest(context, { path: "npm/-/v1/login", method: "POST", body: "{}", subject, signal });
  const { loginUrl, doneUrl } = begun.json;
  const path =
    typeof doneUrl === "string" && doneUrl.startsWith(context.base) ? doneUrl.slice(context.base.length) : "";
  if (path === "" || typeof loginUrl !== "string" || !loginUrl.startsWith(context.base))
    throw new LoaderError("ERR_UNEXPECTED_TYPE", "The registry's login is at another address than the registry", {
      expected: context.base,
      actual: String(loginUrl),
    });
  show(loginUrl);
  for (;;) {
    const { json, retryAfter } = await sendRequest(context, { path, subject, signal });
    if (typeof json["token"] === "string") return json["token"];
    await context.fetching.host.delay(parseRetryAfter(retryAfter) ?? POLL_AFTER, signal);
  }
}
