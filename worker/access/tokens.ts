import { LoaderError } from "../../src/errors.ts";
import { changeObject, readObject } from "../registry/change-object.ts";
import type { Objects } from "../registry/objects.ts";
import { createId, createSecret, hashSecret, isSecret } from "./secrets.ts";

/** What a token is for: `read` and `publish` private packages, all of them or one scope's; `metrics`; `admin` operates the edge. */
export type TokenScope = "read" | "publish" | "metrics" | "admin" | `read:@${string}` | `publish:@${string}`;

/** What is kept of a token. */
export interface TokenRecord {
  readonly id: string;
  /** SHA-256 of its secret, hex. */
  readonly hash: string;
  readonly user: string;
  readonly scopes: readonly TokenScope[];
  /** Milliseconds. */
  readonly createdAt: number;
  /** From then on it is not valid, milliseconds. */
  readonly expiresAt: number;
}

/** What a new token is to be. */
export type TokenRequest = Pick<TokenRecord, "user" | "scopes" | "expiresAt">;

export interface Tokens {
  /** Gives the token itself, which is not kept and cannot be had again. */
  create(request: TokenRequest): Promise<{ readonly token: string; readonly record: TokenRecord }>;
  /** The record of a valid token; undefined for everything else. */
  find(token: string): Promise<TokenRecord | undefined>;
  /** Of one user, or of all. */
  list(user?: string): Promise<TokenRecord[]>;
  /** Ends a token; false where there is none of that id. */
  revoke(id: string, user?: string): Promise<boolean>;
}

const TOKEN = /^raya_(?<id>[0-9a-f]{16})_(?<secret>[\w-]{43})$/;
const SCOPE = /^(?:read|publish|metrics|admin|(?:read|publish):@[a-z0-9~-][a-z0-9._~-]*)$/;
const USER = /^[a-z0-9][a-z0-9._-]{0,63}$/i;
const PREFIX = "npm/tokens/";

/** @param now clock, milliseconds */
export function createTokens(objects: Objects, now: () => number): Tokens {
  const find = async (token: string): Promise<TokenRecord | undefined> => {
    const { id, secret } = TOKEN.exec(token)?.groups ?? {};
    if (id === undefined || secret === undefined) return undefined;
    const record = await readObject<TokenRecord>(objects, PREFIX + id);
    if (record === undefined || !(await isSecret(secret, record.hash))) return undefined;
    return record.expiresAt > now() ? record : undefined;
  };
  const list = async (user?: string): Promise<TokenRecord[]> => {
    const keys = await objects.list(PREFIX);
    const mine = keys.filter(({ summary }) => user === undefined || summary["user"] === user);
    const records = await Promise.all(mine.map(({ key }) => readObject<TokenRecord>(objects, key)));
    return records.filter((record) => record !== undefined);
  };
  return {
    async create(request) {
      assertRequest(request, now());
      const [id, secret] = [createId(), createSecret()];
      const record = { ...request, id, hash: await hashSecret(secret), createdAt: now() };
      const summary = { user: record.user };
      await changeObject<TokenRecord>(objects, PREFIX + id, () => ({ value: record, summary }));
      return { token: `raya_${id}_${secret}`, record };
    },
    find,
    list,
    async revoke(id, user) {
      const record = /^[0-9a-f]{16}$/.test(id) ? await readObject<TokenRecord>(objects, PREFIX + id) : undefined;
      if (record === undefined || (user !== undefined && record.user !== user)) return false;
      await objects.delete(PREFIX + id);
      return true;
    },
  };
}

/** The id in a token's text, which is not a secret. */
export function tokenId(token: string): string {
  return TOKEN.exec(token)?.groups?.["id"] ?? "";
}

function assertRequest({ user, scopes, expiresAt }: TokenRequest, now: number): void {
  const invalid = (message: string): LoaderError => new LoaderError("ERR_REQUEST_INVALID", message);
  if (!USER.test(user)) throw invalid(`"${user}" is not a user's name: letters, digits, ".", "_" and "-" are`);
  const unknown = scopes.find((scope) => !SCOPE.test(scope));
  if (unknown !== undefined || scopes.length === 0)
    throw invalid(
      `A token is for read, publish, read:@scope, publish:@scope, metrics or admin, not for "${unknown ?? ""}"`,
    );
  if (!Number.isFinite(expiresAt) || expiresAt <= now) throw invalid("A token has to end some day, and not before now");
}
