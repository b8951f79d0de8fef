import { describe, it } from "vitest";
import type { LoaderEvent } from "../../../src/events.ts";
import type { Host } from "../../../src/host.ts";
import { createLoader, type Loader } from "../../../src/loader.ts";
import type { RegistryTexts } from "../../../src/fetch/registries/read-registries.ts";
import { BASE, createFakeRegistry, REGISTRY } from "../../fixtures/fake-registry.ts";

const ACME = "https://acme.test/npm/";
const TOKEN = "npm_s3cret.T0ken";
const npmrc = `@acme:registry=${ACME}\n//acme.test/npm/:_authToken=\${ACME_TOKEN}`;
const registries = { npmrc, env: { ACME_TOKEN: TOKEN } };

const main = { entry: "/main.js", files: { "/main.js": 'import { kit } from "@acme/kit";\nexport default kit;' } };
const kit = {
  manifest: { name: "@acme/kit", version: "1.0.0", main: "kit.js", dependencies: { left: "^1" } },
  files: { "kit.js": 'exports.kit = require("left").left + 1;\n' },
};
const left = {
  manifest: { name: "left", version: "1.0.0", main: "left.js" },
  files: { "left.js": "exports.left = 1;\n" },
};

interface World {
  /** Every object and record that was stored, as text. */
  readonly stored: string[];
  readonly events: LoaderEvent[];
  /** Origin of every request → its `authorization`. */
  readonly sent: [string, string | null][];
  readonly loader: (texts?: RegistryTexts) => Loader;
}

/** A registry for all, and one for `@acme` that wants to know who asks. */
async function createWorld(): Promise<World> {
  const open = await createFakeRegistry([left]);
  const closed = await createFakeRegistry([kit]);
  const stored: string[] = [];
  const events: LoaderEvent[] = [];
  const sent: [string, string | null][] = [];
  const { bytes, records } = open.host;
  const host: Host = {
    ...open.host,
    bytes: {
      ...bytes,
      put: (key, value) => {
        stored.push(key, new TextDecoder().decode(value));
        return bytes.put(key, value);
      },
    },
    records: {
      ...records,
      write: (key, record) => {
        stored.push(key, JSON.stringify(record));
        return records.write(key, record);
      },
    },
    fetch: (url, init) => {
      const authorization = new Headers(init?.headers).get("authorization");
      sent.push([new URL(url).origin, authorization]);
      if (!url.startsWith(ACME)) return open.host.fetch(url, init);
      if (authorization !== `Bearer ${TOKEN}`) return Promise.resolve(new Response(authorization, { status: 401 }));
      return closed.host.fetch(REGISTRY + url.slice(ACME.length), init);
    },
  };
  const onEvent = (event: LoaderEvent): void => void events.push(event);
  const loader = (texts: RegistryTexts = registries): Loader =>
    createLoader(host, { registry: REGISTRY, base: BASE, registries: texts, keepMetadata: true, onEvent });
  return { stored, events, sent, loader };
}

describe("a project with a private registry", () => {
  it("P94, P42: is loaded; the token goes to that registry only and stays in nothing that is left", async ({
    expect,
  }) => {
    const { loader, sent, stored, events } = await createWorld();
    const program = await loader().load(main);
    expect(program.packages.map(({ name }) => name).toSorted()).toEqual(["@acme/kit", "left"]);
    const kinds = [...new Set(sent.map(([origin, token]) => `${origin} ${token}`))].toSorted();
    expect(kinds).toEqual([`https://acme.test Bearer ${TOKEN}`, "https://registry.test null"]);
    const traces = [program.lockfile, JSON.stringify([program.image, program.packages, events]), ...stored].join("\n");
    expect(stored.length).toBeGreaterThan(4);
    expect(traces).not.toContain(TOKEN);
  });

  it("P94: is refused without the token, by an error that names the package and says so", async ({ expect }) => {
    const { loader } = await createWorld();
    await expect(loader({ npmrc: `@acme:registry=${ACME}` }).load(main)).rejects.toMatchObject({
      code: "ERR_FETCH_STATUS",
      details: { package: "@acme/kit", referrer: "/main.js:1:21", status: 401, hint: "no token is set for it" },
    });
  });

  it("is refused with a wrong one, which is in no error and no event", async ({ expect }) => {
    const { loader, events } = await createWorld();
    const texts = { npmrc, env: { ACME_TOKEN: "npm_0ther.Secret" } };
    const error: unknown = await loader(texts)
      .load(main)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "ERR_FETCH_STATUS", hint: "it does not accept the token that is set for it" });
    const texted = [String(error), JSON.stringify(error), JSON.stringify(events)];
    for (let at = error; at instanceof Error; at = at.cause) texted.push(String(at.stack), JSON.stringify(at));
    expect(texted.join("\n")).not.toContain("npm_0ther.Secret");
  });

  it("has settings that cannot be read refused when the loader is made", async ({ expect }) => {
    const { loader } = await createWorld();
    expect(() => loader({ npmrc })).toThrow(expect.objectContaining({ code: "ERR_REGISTRY_CONFIG_INVALID" }));
  });
});

describe("metadata of earlier loads", () => {
  it("is used by the next while it is fresh, so that only what is new is asked for", async ({ expect }) => {
    const { loader, sent } = await createWorld();
    await loader().load(main);
    sent.length = 0;
    const program = await loader().load(main);
    expect(sent).toEqual([]);
    expect(program.packages.map(({ source }) => source)).toEqual(["browser", "browser"]);
  });

  it("R9: solves a project offline that was never locked", async ({ expect }) => {
    const { loader, sent } = await createWorld();
    const { lockfile } = await loader().load(main);
    sent.length = 0;
    const again = await loader().load(main, { cacheSetting: "only" });
    expect(again.lockfile).toBe(lockfile);
    const other = { ...main, files: { "/main.js": 'import "@acme/kit"; import "other";' } };
    await expect(loader().load(other, { cacheSetting: "only" })).rejects.toMatchObject({
      code: "ERR_NOT_CACHED",
      message: "@acme/kit@*, other@* is not in the lockfile, and the network may not be used to look it up",
      details: { package: "other" },
    });
    expect(sent).toEqual([]);
  });
});
