import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, it } from "vitest";
import { createNodeLoader, type LoaderEvent } from "../../src/platform/node/index.ts";
import { CLIENTS, clientNamed, type Outcome, type Place, runClient } from "./clients.ts";
import { ADMIN_SECRET, startTestEdge, type TestEdge } from "./edge.ts";

let edge: TestEdge;
let token: string;
beforeAll(async () => {
  edge = await startTestEdge({ PRIVATE_SCOPES: "@acme" });
  token = await edge.createToken("ann", ["publish"]);
});
afterAll(() => edge.stop());

const npm = (place: Place, ...args: string[]): Promise<Outcome> => runClient(clientNamed("npm"), args, place);

/** How each client publishes; Deno only knows another registry. */
const PUBLISH: [client: string, ...args: string[]][] = [
  ["npm", "publish"],
  ["pnpm", "publish", "--no-git-checks"],
  ["Yarn 1", "publish", "--non-interactive", "--no-git-tag-version"],
  ["Yarn 4", "npm", "publish"],
  ["Bun", "publish"],
];

/** How each client audits; Yarn 1 asks a registry that is written into it. */
const AUDIT: [client: string, ...args: string[]][] = [
  ["npm", "audit"],
  ["pnpm", "audit"],
  ["Yarn 4", "npm", "audit", "--recursive"],
  ["Bun", "audit"],
  ["Deno", "audit"],
];

const ADVISORY = {
  id: 1,
  url: "https://advisories.test/1",
  title: "is odd indeed",
  severity: "high",
  vulnerable_versions: "*",
};

const packageNamed = (client: string): string => `@acme/from-${client.toLowerCase().replace(" ", "-")}`;

function createPackage(name: string, version: string): Place {
  const place = edge.createPlace({ name, version, main: "index.js", license: "MIT" }, token);
  writeFileSync(join(place.project, "index.js"), `module.exports = "${name}";\n`);
  // Without a lockfile of its own, Yarn 4 takes the folder above for the project.
  writeFileSync(join(place.project, "yarn.lock"), "");
  return place;
}

describe("a registry of one's own", () => {
  it("lets npm log in with a browser", async ({ expect }) => {
    const place = edge.createPlace({ name: "app" });
    const confirm = async (page: string): Promise<void> => {
      const form = new URLSearchParams({ name: "bob", key: ADMIN_SECRET });
      expect((await fetch(page, { method: "POST", body: form })).status).toBe(200);
    };
    const pages: Promise<void>[] = [];
    const seen = (text: string): void => {
      const [page] = /http:\S+\/-\/login\/\w+/.exec(text) ?? [];
      if (page !== undefined) pages.push(confirm(page));
    };
    const { code, output } = await runClient(
      clientNamed("npm"),
      ["login", "--auth-type=web", "--browser=false"],
      place,
      seen,
    );
    await Promise.all(pages);
    expect(code, output).toBe(0);
    const whoami = await npm(place, "whoami");
    expect(whoami.output).toContain("bob");
    expect((await npm(place, "logout")).code).toBe(0);
    expect((await npm(place, "whoami")).code).not.toBe(0);
  });

  it.for(PUBLISH)("takes what %s publishes", async ([client, ...args], { expect }) => {
    const place = createPackage(packageNamed(client), "1.0.0");
    // Yarn 4 publishes nothing that it has not put into its lockfile.
    if (client === "Yarn 4") await runClient(clientNamed(client), clientNamed(client).install, place);
    const { code, output } = await runClient(clientNamed(client), args, place);
    expect(code, output).toBe(0);
  });

  it.for(CLIENTS)(
    "gives $name what all of them have published, and nobody without a token",
    async (client, { expect }) => {
      const names = PUBLISH.map(([publisher]) => packageNamed(publisher));
      const dependencies = Object.fromEntries(names.map((name) => [name, "^1.0.0"]));
      const manifest = { name: "app", private: true, dependencies: { ...dependencies, "is-odd": "^3.0.0" } };
      const place = edge.createPlace(manifest, await edge.createToken("reader", ["read:@acme"]));
      const { code, output } = await runClient(client, client.install, place);
      expect(code, output).toBe(0);
      for (const name of names)
        expect(readFileSync(join(place.project, "node_modules", name, "index.js"), "utf8")).toContain(name);
      const stranger = await runClient(client, client.install, edge.createPlace(manifest));
      expect(stranger.code).not.toBe(0);
      expect(edge.upstream.requests.filter((line) => line.includes("acme"))).toEqual([]);
    },
  );

  it("gives the loader both, with a token for its own packages", async ({ expect }) => {
    const npmrc = `${edge.registry.slice("http:".length)}:_authToken=${token}`;
    const events: LoaderEvent[] = [];
    const onEvent = (event: LoaderEvent): void => void events.push(event);
    // What has just been published is too young for it otherwise.
    const options = { registries: { npmrc }, releaseAgeExceptions: ["@acme/*"], onEvent };
    const loader = createNodeLoader({ registry: edge.registry, ...options });
    const own = await loader.import("@acme/from-npm@^1.0.0");
    expect(own["default"]).toBe("@acme/from-npm");
    const { default: isOdd } = await loader.import("is-odd@^3");
    expect(typeof isOdd === "function" && isOdd(3)).toBe(true);
    expect(events.filter(({ source }) => source === "edge")).not.toEqual([]);
    const stranger = createNodeLoader({ registry: edge.registry });
    await expect(stranger.import("@acme/from-npm")).rejects.toMatchObject({ code: "ERR_AUTH_REQUIRED" });
  });

  it("keeps what is published: npm can deprecate it and tag it, not take it back", async ({ expect }) => {
    const place = createPackage("@acme/kept", "1.0.0");
    expect((await npm(place, "publish")).code).toBe(0);
    const again = await npm(place, "publish");
    expect(again.code).not.toBe(0);
    expect(again.output).toMatch(/previously published|ERR_VERSION_EXISTS/);
    const unpublished = await npm(place, "unpublish", "@acme/kept", "--force");
    expect(unpublished.code).not.toBe(0);
    expect(unpublished.output).toContain("ERR_UNPUBLISH_REFUSED");
    const deprecated = await npm(place, "deprecate", "@acme/kept@1.0.0", "use another");
    expect(deprecated.code, deprecated.output).toBe(0);
    const viewed = await npm(place, "view", "@acme/kept", "deprecated");
    expect(viewed.output).toContain("use another");
    expect((await npm(place, "dist-tag", "add", "@acme/kept@1.0.0", "stable")).code).toBe(0);
    expect((await npm(place, "dist-tag", "ls", "@acme/kept")).output).toContain("stable: 1.0.0");
    expect((await npm(place, "view", "@acme/kept@stable", "version")).output).toContain("1.0.0");
  });

  it("searches here and upstream", async ({ expect }) => {
    const found = {
      package: {
        name: "upstream-thing",
        version: "1.0.0",
        description: "",
        keywords: [],
        date: "2026-01-01T00:00:00Z",
        links: {},
        maintainers: [],
      },
    };
    edge.upstream.canned.set("GET /-/v1/search", () => ({ objects: [found], total: 1, time: "now" }));
    const { code, output } = await npm(edge.createPlace({ name: "app" }, token), "search", "from-npm", "--json");
    expect(code, output).toBe(0);
    expect(output).toContain("@acme/from-npm");
    expect(output).toContain("upstream-thing");
  });

  it.for(AUDIT)(
    "lets %s audit with what the upstream knows, and tells it of public packages only",
    async ([client, ...args], { expect }) => {
      const asked: string[] = [];
      edge.upstream.canned.set(
        "POST /-/npm/v1/security/advisories/bulk",
        (body) => (asked.push(body), { "is-odd": [ADVISORY] }),
      );
      const dependencies = { "is-odd": "3.0.1", "@acme/from-npm": "1.0.0" };
      const place = edge.createPlace({ name: "app", version: "1.0.0", license: "MIT", dependencies }, token);
      expect((await runClient(clientNamed(client), clientNamed(client).install, place)).code).toBe(0);
      const { code, output } = await runClient(clientNamed(client), args, place);
      expect(code, output).not.toBe(0);
      expect(output).toContain(ADVISORY.title);
      expect(asked.join()).toContain("is-odd");
      expect(asked.join()).not.toContain("acme");
    },
  );

  it("answers npm's other questions", async ({ expect }) => {
    const place = edge.createPlace({ name: "app" }, token);
    expect((await npm(place, "ping")).code).toBe(0);
    expect((await npm(place, "whoami")).output).toContain("ann");
    expect((await npm(place, "view", "is-odd@3.0.1", "version")).output).toContain("3.0.1");
    const list = await npm(place, "token", "list", "--json");
    expect(list.output).toContain('"key"');
    expect(list.output).not.toContain(token.slice(-20));
  });
});
