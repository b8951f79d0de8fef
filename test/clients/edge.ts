import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Edge, findFreePort, startEdge } from "../../scripts/edge-process.ts";
import { installClients, type Place } from "./clients.ts";
import { startUpstream, type UpstreamRegistry } from "./upstream.ts";

/** The edge in local workerd, before the real registry. */
export interface TestEdge {
  readonly upstream: UpstreamRegistry;
  /** Base URL of `/npm/`. */
  readonly registry: string;
  /** A project with that package.json and an empty home, set to the edge; with `token` somebody is logged in. */
  createPlace(manifest: Readonly<Record<string, unknown>>, token?: string): Place;
  /** A token of that user, made by the operator. */
  createToken(user: string, scopes: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/** The secret that a deployment would have. */
export const ADMIN_SECRET = "the-operators-own-secret-of-this-test";

/** @param vars over those of wrangler.toml */
export async function startTestEdge(vars: Readonly<Record<string, string>> = {}): Promise<TestEdge> {
  installClients();
  const folder = mkdtempSync(join(tmpdir(), "raya-clients-"));
  const upstream = await startUpstream();
  const assets = join(folder, "assets");
  mkdirSync(assets);
  const edge: Edge = await startEdge({
    port: await findFreePort(),
    persistTo: join(folder, "state"),
    vars: { UPSTREAM_REGISTRY: upstream.url, ADMIN_SECRET, ...vars },
    assets,
    onComplaint: (line) => console.error(line),
  });
  const registry = `${edge.url}npm/`;
  let places = 0;
  return {
    upstream,
    registry,
    createPlace(manifest, token = "") {
      const [project, home] = [join(folder, `project-${places}`), join(folder, `home-${places}`)];
      places += 1;
      mkdirSync(project);
      mkdirSync(home);
      writeFileSync(join(project, "package.json"), JSON.stringify(manifest));
      const auth = token === "" ? "" : `${registry.slice("http:".length)}:_authToken=${token}\n`;
      writeFileSync(join(project, ".npmrc"), `registry=${registry}\n${auth}`);
      return { project, home, registry, token };
    },
    async createToken(user, scopes) {
      const headers = { authorization: `Bearer ${ADMIN_SECRET}`, "content-type": "application/json" };
      const body = JSON.stringify({ user, scopes, days: 1 });
      const response = await fetch(`${registry}-/npm/v1/tokens`, { method: "POST", headers, body });
      const { token }: { token: string } = await response.json();
      return token;
    },
    async stop() {
      upstream.close();
      await edge.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
