import { LoaderError } from "../../src/errors.ts";
import { hashSecret, isSecret } from "../access/secrets.ts";

/** Who may have programs run. */
export interface RunAccess {
  /** Callers that show it may; empty: there is none. */
  readonly token: string;
  /** Counts callers without a token. */
  readonly limiter?: { limit(options: { key: string }): Promise<{ success: boolean }> } | undefined;
}

/**
 * Lets a caller with the token pass, and, where there is none, as many others as the limiter does.
 * @throws LoaderError ERR_AUTH_REQUIRED, ERR_RATE_LIMITED; ERR_EDGE_CONFIGURATION where there is neither token nor limiter
 */
export async function admitCaller(request: Request, { token, limiter }: RunAccess): Promise<void> {
  if (token !== "") {
    const shown = /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
    if (shown !== undefined && (await isSecret(shown, await hashSecret(token)))) return;
    const hint = "send the operator's token: authorization: Bearer …";
    throw new LoaderError("ERR_AUTH_REQUIRED", "This edge runs programs for those who have its token", { hint });
  }
  if (limiter === undefined) {
    const hint = "set the secret RUN_TOKEN, or bind a rate limit as RUN_LIMITER";
    throw new LoaderError("ERR_EDGE_CONFIGURATION", "Programs would be run for anybody, as often as they like", {
      hint,
    });
  }
  const { success } = await limiter.limit({ key: request.headers.get("cf-connecting-ip") ?? "unknown" });
  if (!success) throw new LoaderError("ERR_RATE_LIMITED", "Too many programs were run from here");
}
