import type { Context, Hono } from "hono";
import { LoaderError } from "../../src/errors.ts";
import type { Access, Grant } from "../access/access.ts";
import { loggedInPage, loginPage } from "../access/login-page.ts";
import { createSessionToken, type Logins } from "../access/logins.ts";
import { tokenId, type TokenRecord, type Tokens, type TokenScope } from "../access/tokens.ts";
import type { Edge } from "../edge.ts";
import { mountPost } from "../mount-post.ts";
import { readJson, readText } from "../read-request.ts";
import { npmAddress, NPM_PREFIX } from "./npm.ts";

/** What logging in needs. */
export interface LoginPorts {
  readonly access: Access;
  readonly tokens: Tokens;
  readonly logins: Logins;
}

const SERVICES = `${NPM_PREFIX}-/`;
const USER = `${SERVICES}user/org.couchdb.user:`;
const BODY_LIMIT = 16 * 1024;
const DAY = 24 * 60 * 60_000;
/** Days that a token is valid where nobody says otherwise. */
const TOKEN_DAYS = 90;
/** Seconds after which a client asks again whether somebody has confirmed. */
const POLL_AFTER = "1";

/** `login` both ways, `logout`, `whoami`, and tokens. */
export function mountLogin(app: Hono, edge: Edge, ports: LoginPorts): void {
  mountWebLogin(app, edge, ports);
  mountTokens(app, edge, ports);
  app.put(`${SERVICES}user/*`, async (c) => {
    const path = new URL(c.req.url).pathname.replace(/%3a/gi, ":");
    if (!path.startsWith(USER))
      throw new LoaderError("ERR_ROUTE_NOT_FOUND", "Users are at -/user/org.couchdb.user:<name>");
    const { password }: Readonly<Record<string, unknown>> = { ...((await readJson(c.req.raw, BODY_LIMIT)) as object) };
    const name = path.slice(USER.length);
    const grant = await identify(ports.access, name, typeof password === "string" ? password : "");
    const token = await createSessionToken(ports.tokens, grant, edge.ports.now());
    return c.json({ ok: true, id: `org.couchdb.user:${name}`, rev: "1", token }, 201, NO_STORE);
  });
  app.get(`${SERVICES}whoami`, async (c) => {
    const grant = await ports.access.grantOf(c.req.raw);
    if (grant === undefined) throw unknownUser("Nobody is logged in with that token");
    return c.json({ username: grant.user }, 200, NO_STORE);
  });
}

function mountWebLogin(app: Hono, edge: Edge, { access, logins }: LoginPorts): void {
  mountPost(app, `${SERVICES}v1/login`, async (c) => {
    const { id, secret } = await logins.begin();
    const address = `${npmAddress(edge, c.req.url)}-/`;
    return c.json({ loginUrl: `${address}login/${id}`, doneUrl: `${address}v1/done/${id}.${secret}` }, 200, NO_STORE);
  });
  app.get(`${SERVICES}login/:id`, async (c) => {
    await logins.assertOpen(c.req.param("id"));
    return loginPage();
  });
  app.post(`${SERVICES}login/:id`, async (c) => {
    assertSameOrigin(edge, c);
    const form = new URLSearchParams(await readText(c.req.raw, BODY_LIMIT));
    await logins.confirm(c.req.param("id"), await identify(access, form.get("name") ?? "", form.get("key") ?? ""));
    return loggedInPage();
  });
  app.get(`${SERVICES}v1/done/:session`, async (c) => {
    const [id = "", secret = ""] = c.req.param("session").split(".");
    const token = await logins.finish(id, secret);
    return token === undefined
      ? c.json({}, 202, { ...NO_STORE, "retry-after": POLL_AFTER })
      : c.json({ token }, 200, NO_STORE);
  });
}

function mountTokens(app: Hono, edge: Edge, { access, tokens }: LoginPorts): void {
  const path = `${SERVICES}npm/v1/tokens`;
  app.post(path, async (c) => {
    await access.require(c.req.raw, "admin");
    const body: Readonly<Record<string, unknown>> = { ...((await readJson(c.req.raw, BODY_LIMIT)) as object) };
    const { user = "", scopes = ["read"], days = TOKEN_DAYS } = body;
    if (typeof user !== "string" || !Array.isArray(scopes) || typeof days !== "number")
      throw new LoaderError("ERR_REQUEST_INVALID", 'A token is asked for with { "user", "scopes", "days" }');
    const expiresAt = edge.ports.now() + days * DAY;
    const { token, record } = await tokens.create({ user, scopes: scopes.map(String) as TokenScope[], expiresAt });
    return c.json({ ...shown(record), token }, 201, NO_STORE);
  });
  app.get(path, async (c) => {
    const grant = await requireUser(access, c.req.raw);
    const records = await tokens.list(grant.scopes.includes("admin") ? undefined : grant.user);
    return c.json({ objects: records.map(shown), total: records.length, urls: {} }, 200, NO_STORE);
  });
  app.delete(`${path}/token/:id`, async (c) => {
    const grant = await requireUser(access, c.req.raw);
    return end(c, tokens, c.req.param("id"), grant);
  });
  // What `npm logout` sends has the token itself in its address.
  app.delete(`${SERVICES}user/token/:token`, async (c) => {
    const grant = await requireUser(access, c.req.raw);
    return end(c, tokens, tokenId(c.req.param("token")), grant);
  });
}

/** A token as `npm token list` shows it: by its id, which is not a secret. */
function shown({ id, user, scopes, createdAt, expiresAt }: TokenRecord) {
  const [created, expires] = [new Date(createdAt).toISOString(), new Date(expiresAt).toISOString()];
  const readonly = scopes.every((scope) => scope.startsWith("read"));
  return {
    key: id,
    token: id.slice(0, 6),
    user,
    scopes,
    readonly,
    cidr_whitelist: null,
    created,
    updated: created,
    expires,
  };
}

async function end(c: Context, tokens: Tokens, id: string, { user, scopes }: Grant): Promise<Response> {
  if (await tokens.revoke(id, scopes.includes("admin") ? undefined : user)) return c.json({ ok: true }, 200, NO_STORE);
  throw new LoaderError("ERR_ROUTE_NOT_FOUND", `"${user}" has no such token`);
}

/** Users have no passwords here: the key is a token of that user, or the operator's secret. */
async function identify(access: Access, name: string, key: string): Promise<Grant> {
  const grant = await access.identify(key);
  if (grant === undefined) throw unknownUser(`The key is not one of "${name}"`);
  if (grant.user === name) return grant;
  if (!grant.scopes.includes("admin")) throw unknownUser(`The key is not one of "${name}"`);
  return { ...grant, user: name, scopes: ["read", "publish"] };
}

async function requireUser(access: Access, request: Request): Promise<Grant> {
  const grant = await access.grantOf(request);
  if (grant === undefined) throw unknownUser("Tokens are only shown to those who have one");
  return grant;
}

/** A form of another site's must not log anybody in. */
function assertSameOrigin({ ports }: Edge, c: Context): void {
  const origin = c.req.header("origin");
  const own = ports.publicOrigin ?? new URL(c.req.url).origin;
  if (origin === undefined || origin === own) return;
  throw new LoaderError("ERR_FORBIDDEN", `A page of "${origin}" cannot log in here`, { actual: origin, expected: own });
}

function unknownUser(message: string): LoaderError {
  return new LoaderError("ERR_AUTH_REQUIRED", message, { hint: "the operator of this registry gives out tokens" });
}

const NO_STORE = { "cache-control": "no-store" };
