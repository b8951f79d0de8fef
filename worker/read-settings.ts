import { LoaderError } from "../src/errors.ts";
import type { Env } from "./env.ts";

/** What the variables of `wrangler.toml` say. */
export interface Settings {
  /** Ends with `/`; empty where it is not set. */
  readonly registry: string;
  readonly allowedOrigins: readonly string[];
  readonly privateScopes: readonly string[];
  readonly publicOrigin: string | undefined;
}

type Variables = Pick<Env, "UPSTREAM_REGISTRY" | "ALLOWED_ORIGINS" | "PRIVATE_SCOPES" | "PUBLIC_ORIGIN">;

const SCOPE = /^@[a-z0-9~-][a-z0-9._~-]*$/;

/**
 * Reads them. One that is almost right would be without effect, silently: an origin with a path allows nothing, and a scope
 * without its `@` keeps nothing private.
 * @throws LoaderError ERR_EDGE_CONFIGURATION
 */
export function readSettings(env: Variables): Settings {
  const registry = env.UPSTREAM_REGISTRY.replace(/[^/]$/, "$&/");
  const allowedOrigins = words(env.ALLOWED_ORIGINS);
  const privateScopes = words(env.PRIVATE_SCOPES);
  for (const origin of allowedOrigins) assertOrigin("ALLOWED_ORIGINS", origin);
  const wrong = privateScopes.find((scope) => !SCOPE.test(scope));
  if (wrong !== undefined) throw invalid("PRIVATE_SCOPES", wrong, "scopes, in small letters, as in @acme");
  const publicOrigin = env.PUBLIC_ORIGIN === "" ? undefined : env.PUBLIC_ORIGIN;
  if (publicOrigin !== undefined) assertOrigin("PUBLIC_ORIGIN", publicOrigin);
  return { registry, allowedOrigins, privateScopes, publicOrigin };
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

function assertOrigin(variable: string, text: string): void {
  if (URL.parse(text)?.origin === text && /^https?:/.test(text)) return;
  throw invalid(variable, text, "origins, without a path and a slash at the end, as in https://npm.example");
}

function invalid(variable: string, actual: string, expected: string): LoaderError {
  return new LoaderError("ERR_EDGE_CONFIGURATION", `${variable} has "${actual}", and should have ${expected}`, {
    actual,
    expected,
  });
}
