import type { Hono } from "hono";
import { type Access, allows, createAccess } from "./access/access.ts";
import { createLogins } from "./access/logins.ts";
import { createTokens } from "./access/tokens.ts";
import type { Edge } from "./edge.ts";
import { explainToNpm } from "./npm/npm-error.ts";
import type { Packages } from "./packages.ts";
import type { Objects } from "./registry/objects.ts";
import { createOwnPackages, type OwnPackages } from "./registry/own-packages.ts";
import type { PackageSummary } from "./registry/package-summary.ts";
import { createSearch } from "./registry/search-packages.ts";
import { createOwnServed, createPublicServed } from "./registry/served-packages.ts";
import { mountDistTags } from "./routes/dist-tags.ts";
import { mountMetadataQuestion } from "./routes/metadata-question.ts";
import { NPM_PREFIX } from "./routes/npm.ts";
import { mountLogin } from "./routes/npm-login.ts";
import { mountServices } from "./routes/npm-services.ts";
import { mountOwnPackages } from "./routes/own-packages.ts";
import { mountRaya } from "./routes/raya/mount-raya.ts";

/** What makes the edge a registry of its own. */
export interface RegistryPorts {
  /** Where published packages, tokens and logins are. */
  readonly objects: Objects;
  /** The operator's own secret, which makes the first tokens; empty: there is none. */
  readonly adminSecret: string;
}

/** Who may do what, and what is published here. */
export interface OwnRegistry {
  readonly access: Access;
  readonly own: OwnPackages;
}

/**
 * Adds what npm's clients ask a registry for besides packages, and packages of its own.
 * @throws LoaderError ERR_EDGE_CONFIGURATION
 */
export function mountRegistry(app: Hono, edge: Edge, packages: Packages, ports: RegistryPorts): OwnRegistry {
  const { objects, adminSecret } = ports;
  const now = (): number => edge.ports.now();
  const tokens = createTokens(objects, now);
  const access = createAccess(tokens, adminSecret);
  const own = createOwnPackages(objects, now);
  app.use(`${NPM_PREFIX}*`, async (c, next) => {
    await next();
    await explainToNpm(c);
  });
  mountMetadataQuestion(app, edge, packages);
  const search = createSearch(edge, (request) => findOwn(edge, access, own, request));
  mountServices(app, edge, search);
  mountLogin(app, edge, { access, tokens, logins: createLogins(objects, tokens, now) });
  mountDistTags(app, edge, packages, { access, own });
  mountOwnPackages(app, edge, { access, own });
  const ownServed = createOwnServed(edge, own, objects);
  const publicServed = createPublicServed(edge, packages);
  mountRaya(app, edge, { access, own, ownServed, publicServed, search });
  return { access, own };
}

async function findOwn(edge: Edge, access: Access, own: OwnPackages, request: Request): Promise<PackageSummary[]> {
  if ((edge.ports.privateScopes ?? []).length === 0) return [];
  const grant = await access.grantOf(request);
  if (grant === undefined) return [];
  return (await own.list()).filter(({ name }) => allows(grant, "read", name));
}
