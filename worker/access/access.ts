import { LoaderError } from "../../src/errors.ts";
import { hashSecret, isSecret } from "./secrets.ts";
import type { Tokens, TokenScope } from "./tokens.ts";

/** Who asks. */
export interface Grant {
  readonly user: string;
  readonly scopes: readonly TokenScope[];
  /** When the token that says so ends, milliseconds; the operator's secret does not. */
  readonly expiresAt?: number;
}

/** What somebody wants to do. */
export type Permission = "read" | "publish" | "metrics" | "admin";

/** Tells who asks, and whether they may. */
export interface Access {
  /** Who has that token, or knows the operator's secret. */
  identify(token: string): Promise<Grant | undefined>;
  /** Who sent the request; undefined where it does not say, or says what is not (any more) true. */
  grantOf(request: Request): Promise<Grant | undefined>;
  /** Who sent the request. @throws LoaderError ERR_AUTH_REQUIRED */
  authenticate(request: Request, packageName?: string): Promise<Grant>;
  /**
   * @param packageName of the package that is meant
   * @throws LoaderError ERR_AUTH_REQUIRED, ERR_FORBIDDEN
   */
  require(request: Request, permission: Permission, packageName?: string): Promise<Grant>;
}

const IMPLIED_BY: Readonly<Partial<Record<Permission, readonly Permission[]>>> = {
  read: ["publish"],
  metrics: ["admin"],
};

const BEARER = /^Bearer +(?<token>\S+) *$/i;
/** Short ones can be guessed. */
const LEAST_SECRET = 16;

/**
 * @param adminSecret the operator's, at least 16 characters; empty: there is none
 * @throws LoaderError ERR_EDGE_CONFIGURATION
 */
export function createAccess(tokens: Tokens, adminSecret: string): Access {
  if (adminSecret !== "" && adminSecret.length < LEAST_SECRET) {
    const message = `ADMIN_SECRET is shorter than ${LEAST_SECRET} characters`;
    throw new LoaderError("ERR_EDGE_CONFIGURATION", message, { hint: "make one: openssl rand -base64 32" });
  }
  const identify = async (token: string): Promise<Grant | undefined> => {
    if (adminSecret !== "" && (await isSecret(token, await hashSecret(adminSecret))))
      return { user: "admin", scopes: ["admin", "metrics", "read", "publish"] };
    return tokens.find(token);
  };
  const grantOf = async ({ headers }: Request): Promise<Grant | undefined> => {
    const token = BEARER.exec(headers.get("authorization") ?? "")?.groups?.["token"];
    return token === undefined ? undefined : identify(token);
  };
  const authenticate: Access["authenticate"] = async (request, packageName) => {
    const grant = await grantOf(request);
    if (grant !== undefined) return grant;
    const subject = packageName === undefined ? "This" : `"${packageName}"`;
    throw new LoaderError("ERR_AUTH_REQUIRED", `${subject} is only for those who say who they are, with a token`);
  };
  return {
    identify,
    grantOf,
    authenticate,
    async require(request, permission, packageName) {
      const grant = await authenticate(request, packageName);
      assertAllowed(grant, permission, packageName);
      return grant;
    },
  };
}

/** @throws LoaderError ERR_FORBIDDEN */
export function assertAllowed(grant: Grant, permission: Permission, packageName?: string): void {
  if (allows(grant, permission, packageName)) return;
  const what = packageName === undefined ? permission : `${permission} "${packageName}"`;
  throw new LoaderError("ERR_FORBIDDEN", `The token of "${grant.user}" is not one to ${what} with`);
}

/** Whoever may publish may read, and whoever operates the edge may see its metrics. */
export function allows({ scopes }: Grant, permission: Permission, packageName = ""): boolean {
  const names = [permission, ...(IMPLIED_BY[permission] ?? [])];
  const scope = packageName.slice(0, Math.max(0, packageName.indexOf("/")));
  return names.some((name) => scopes.some((held) => held === name || (scope !== "" && held === `${name}:${scope}`)));
}
