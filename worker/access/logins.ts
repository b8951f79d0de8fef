import { LoaderError } from "../../src/errors.ts";
import { changeObject, readObject } from "../registry/change-object.ts";
import type { Objects } from "../registry/objects.ts";
import type { Grant } from "./access.ts";
import { createId, createSecret, hashSecret, isSecret } from "./secrets.ts";
import type { Tokens } from "./tokens.ts";

/** Logging in with a browser: the client shows an address, somebody who has a key confirms there, the client gets a token. */
export interface Logins {
  /** Begins one: `id` names its page, `secret` is for the client alone. */
  begin(): Promise<{ readonly id: string; readonly secret: string }>;
  /** @throws LoaderError ERR_LOGIN_EXPIRED */
  assertOpen(id: string): Promise<void>;
  /** Somebody has said who they are. @throws LoaderError ERR_LOGIN_EXPIRED */
  confirm(id: string, grant: Grant): Promise<void>;
  /** The token, once; undefined as long as nobody has confirmed. @throws LoaderError ERR_LOGIN_EXPIRED */
  finish(id: string, secret: string): Promise<string | undefined>;
}

interface LoginRecord {
  readonly hash: string;
  readonly endsAt: number;
  readonly grant?: Grant;
}

const PREFIX = "npm/logins/";
/** Milliseconds in which somebody has to confirm. */
const OPEN_FOR = 10 * 60_000;
/** A token that comes of a login is valid for so long, milliseconds, or as long as the key that it came of. */
const TOKEN_LIFE = 30 * 24 * 60 * 60_000;

/** @param now clock, milliseconds */
export function createLogins(objects: Objects, tokens: Tokens, now: () => number): Logins {
  const read = async (id: string): Promise<LoginRecord> => {
    const record = /^[0-9a-f]{16}$/.test(id) ? await readObject<LoginRecord>(objects, PREFIX + id) : undefined;
    if (record === undefined || record.endsAt <= now()) throw expired();
    return record;
  };
  return {
    async begin() {
      const [id, secret] = [createId(), createSecret()];
      const record = { hash: await hashSecret(secret), endsAt: now() + OPEN_FOR };
      await changeObject<LoginRecord>(objects, PREFIX + id, () => ({ value: record }));
      return { id, secret };
    },
    assertOpen: async (id) => void (await read(id)),
    async confirm(id, grant) {
      await read(id);
      await changeObject<LoginRecord>(objects, PREFIX + id, (current) => {
        if (current === undefined || current.grant !== undefined) throw expired();
        return { value: { ...current, grant } };
      });
    },
    async finish(id, secret) {
      const record = await read(id);
      if (!(await isSecret(secret, record.hash))) throw expired();
      const { grant } = record;
      if (grant === undefined) return undefined;
      // Of two that come at once, one gets it.
      await changeObject<LoginRecord>(objects, PREFIX + id, (current) => {
        if (current?.grant === undefined) throw expired();
        return { value: { hash: "", endsAt: 0 } };
      });
      await objects.delete(PREFIX + id);
      return createSessionToken(tokens, grant, now());
    },
  };
}

/** A token of its own for a client: it can be ended alone, and does not outlive what it came of. */
export async function createSessionToken(
  tokens: Tokens,
  { user, scopes, expiresAt }: Grant,
  now: number,
): Promise<string> {
  const { token } = await tokens.create({
    user,
    scopes,
    expiresAt: Math.min(expiresAt ?? Number.POSITIVE_INFINITY, now + TOKEN_LIFE),
  });
  return token;
}

function expired(): LoaderError {
  const hint = "begin again: npm login";
  return new LoaderError("ERR_LOGIN_EXPIRED", "There is no such login, or not any more", { hint });
}
