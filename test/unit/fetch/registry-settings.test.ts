import { describe, it } from "vitest";
import { isLoaderError } from "../../../src/errors.ts";
import { readRegistries, type RegistryTexts } from "../../../src/fetch/registries/read-registries.ts";
import { createRegistry, type Registry } from "../../../src/fetch/registry.ts";
import type { Limits } from "../../../src/limits.ts";
import { createHasher } from "../../../src/verify/digest.ts";
import { formatIntegrity } from "../../../src/verify/integrity.ts";
import { createFakeNetwork, type FakeNetwork, type FakeRequest } from "../../fixtures/fake-network.ts";

const MAIN = "https://main.test/";
const SECRET = "npm_s3cret.T0ken";
const bytes = new TextEncoder().encode("an archive");
const integrity = integrityOf(bytes);

function integrityOf(data: Uint8Array): string {
  const hasher = createHasher("sha512");
  hasher.update(data);
  return formatIntegrity("sha512", hasher.digest());
}

type Answer = (request: FakeRequest, count: number) => Response | Promise<Response>;

function connect(
  texts: RegistryTexts,
  answer: Answer,
  limits: Partial<Limits> = {},
): FakeNetwork & { registry: Registry } {
  const network = createFakeNetwork(answer, { attempts: 1, retryDelay: 0, ...limits });
  return { ...network, registry: createRegistry(network.context, MAIN, readRegistries(MAIN, texts)) };
}

const packument = (name: string): Response => Response.json({ name, "dist-tags": {}, versions: {} });
const urlsOf = ({ requests }: FakeNetwork): string[] => requests.map(({ url }) => url);
const tokensOf = ({ requests }: FakeNetwork): unknown[] => requests.map(({ headers }) => headers.get("authorization"));

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    (value) => ({ resolved: value }),
    (error: unknown) => error,
  );
}

/** Every text that a failed fetch leaves behind. */
function traces(error: unknown, { events }: FakeNetwork): string {
  const causes: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause)
    causes.push(String(at), String(at.stack), JSON.stringify(at));
  return [...causes, JSON.stringify(isLoaderError(error) && error.toJSON()), JSON.stringify(events)].join("\n");
}

describe("R94: several registries", () => {
  const config = `
[registry.scopes]
"@acme" = "https://acme.test/npm"
[registry.prefixes]
"acme-" = "https://prefix.test/"
"@acme/ui-" = "https://ui.test/"
`;

  it.for([
    ["react", "https://main.test/react"],
    ["@acme/a", "https://acme.test/npm/@acme%2fa"],
    ["@acme/ui-kit", "https://ui.test/@acme%2fui-kit"],
    ["@acmes/a", "https://main.test/@acmes%2fa"],
    ["acme-tool", "https://prefix.test/acme-tool"],
    ["acme", "https://main.test/acme"],
    ["constructor", "https://main.test/constructor"],
  ] as const)("%s comes from %s", async ([name, url], { expect }) => {
    const network = connect({ config }, () => packument(name));
    await network.registry.packument(name);
    expect(urlsOf(network)).toEqual([url]);
  });

  it("archives come from the same registry as the metadata, wherever that says they are", async ({ expect }) => {
    const network = connect({ config }, () => new Response(bytes));
    const tarball = "https://main.test/@acme/a/-/a-1.0.0.tgz";
    await network.registry.archive({ name: "@acme/a", version: "1.0.0", integrity, tarball });
    expect(urlsOf(network)).toEqual(["https://acme.test/npm/@acme/a/-/a-1.0.0.tgz"]);
  });

  it("what a scope's registry has not, no other registry is asked for", async ({ expect }) => {
    const network = connect({ config }, () => new Response(null, { status: 404 }));
    expect(await failureOf(network.registry.packument("@acme/a"))).toMatchObject({ code: "ERR_PACKAGE_NOT_FOUND" });
    expect(network.requests).toHaveLength(1);
  });

  it("L52: an .npmrc comes before a config.toml, and both before the loader's own", async ({ expect }) => {
    const texts = { config: '[registry]\ndefault = "https://toml.test"', npmrc: "@acme:registry=https://rc.test" };
    const network = connect(
      { ...texts, config: config + texts.config.replace("[registry]", "[registry]") },
      (request) => packument(decodeURIComponent(new URL(request.url).pathname.slice(1))),
    );
    await network.registry.packument("react");
    await network.registry.packument("@acme/a");
    expect(urlsOf(network)).toEqual(["https://toml.test/react", "https://rc.test/@acme%2fa"]);
  });
});

describe("R109: mirrors", () => {
  const config = `[registry]\ndefault = "${MAIN}"\nmirrors = ["https://one.test/", "https://two.test/"]`;
  const hostOf = ({ url }: FakeRequest): string => new URL(url).host.split(".")[0] ?? "";
  const refused = (): Promise<Response> => Promise.reject(new TypeError("connection refused"));
  const status = (code: number) => (): Response => new Response(null, { status: code });
  const html = (): Response => new Response("<p>Log in", { headers: { "content-type": "text/html" } });
  const good = (): Response => packument("a");

  it.for([
    ["the registry answers", { main: good }, ["main"]],
    ["its connection fails", { main: refused, one: good }, ["main", "one"]],
    ["it fails", { main: status(503), one: good }, ["main", "one"]],
    ["it has had enough", { main: status(429), one: good }, ["main", "one"]],
    ["a login page is in the way", { main: html, one: good }, ["main", "one"]],
    ["a mirror fails too", { main: refused, one: status(500), two: good }, ["main", "one", "two"]],
    ["a mirror lacks the package", { main: refused, one: status(404), two: good }, ["main", "one", "two"]],
    ["a mirror sends nonsense", { main: refused, one: () => new Response("{"), two: good }, ["main", "one", "two"]],
    ["a mirror has another package", { main: refused, one: () => packument("b"), two: good }, ["main", "one", "two"]],
  ] as const)("where %s", async ([, answers, asked], { expect }) => {
    const of = answers as Record<string, () => Response | Promise<Response>>;
    const network = connect({ config }, (request) => of[hostOf(request)]?.() ?? refused());
    expect((await network.registry.packument("a")).packument.name).toBe("a");
    expect(network.requests.map(hostOf)).toEqual(asked);
    const passedOver = network.events.filter(({ kind }) => kind === "warning");
    expect(passedOver).toHaveLength(asked.length - 1);
  });

  it.for([
    ["404", status(404), "ERR_PACKAGE_NOT_FOUND"],
    ["401", status(401), "ERR_FETCH_STATUS"],
    ["403", status(403), "ERR_FETCH_STATUS"],
  ] as const)("are not asked when the registry itself says %s", async ([, answer, code], { expect }) => {
    const network = connect({ config }, (request) => (hostOf(request) === "main" ? answer() : good()));
    expect(await failureOf(network.registry.packument("a"))).toMatchObject({ code });
    expect(network.requests.map(hostOf)).toEqual(["main"]);
  });

  it("are not asked whether the registry's metadata has changed, and theirs is not taken for it", async ({
    expect,
  }) => {
    const headers = { etag: '"1"' };
    const network = connect({ config }, (request) =>
      hostOf(request) === "main" ? status(503)() : Response.json({ name: "a", versions: {} }, { headers }),
    );
    const found = await network.registry.metadata({ name: "a", validators: { "if-none-match": '"1"' } });
    expect(network.requests.map((request) => request.headers.get("if-none-match"))).toEqual(['"1"', null]);
    expect(found.headers.get("etag")).toBeNull();
  });

  it("that fail all leave the registry's own error, which lists what was tried", async ({ expect }) => {
    const network = connect({ config }, (request) => (hostOf(request) === "main" ? status(502)() : status(404)()));
    expect(await failureOf(network.registry.packument("a"))).toMatchObject({
      code: "ERR_FETCH_STATUS",
      details: { status: 502, url: `${MAIN}a`, tried: [MAIN, "https://one.test/", "https://two.test/"] },
    });
  });

  it.for([
    ["lacks it", status(404)],
    ["has other bytes", () => new Response("others")],
    ["is out of reach", refused],
  ] as const)(
    "have an archive that the registry %s, for its integrity says what is right",
    async ([, main], { expect }) => {
      const network = connect({ config }, (request) => (hostOf(request) === "main" ? main() : new Response(bytes)));
      const fetched = await network.registry.archive({ name: "a", version: "1.0.0", integrity });
      expect(fetched.bytes).toEqual(bytes);
      expect(network.requests.map(hostOf)).toEqual(["main", "one"]);
    },
  );

  it("are not asked any more once the caller has given up", async ({ expect }) => {
    const network = connect({ config }, () => new Promise<Response>(() => undefined));
    const controller = new AbortController();
    const failing = failureOf(network.registry.packument("a", controller.signal));
    controller.abort("enough");
    expect(await failing).toBe("enough");
    expect(network.requests.map(hostOf)).toEqual(["main"]);
  });
});

describe("P42, P94: tokens", () => {
  const npmrc = `registry=${MAIN}npm/\n//main.test/npm/:_authToken=${SECRET}`;
  const redirect = (location: string, status = 302) => new Response(null, { status, headers: { location } });

  it("go to the registry they are for, with metadata and archives", async ({ expect }) => {
    const network = connect({ npmrc }, (_, count) => (count === 1 ? packument("a") : new Response(bytes)));
    await network.registry.packument("a");
    await network.registry.archive({ name: "a", version: "1.0.0", integrity });
    expect(tokensOf(network)).toEqual([`Bearer ${SECRET}`, `Bearer ${SECRET}`]);
  });

  it("go to no mirror, and a mirror's own only to itself", async ({ expect }) => {
    const config = `[registry]\ndefault = "${MAIN}npm/"\nmirrors = ["https://one.test", "https://two.test"]
[registry.tokens]\n"https://two.test" = "for-two"`;
    const network = connect({ npmrc, config }, (_, count) =>
      count < 3 ? new Response(null, { status: 500 }) : packument("a"),
    );
    await network.registry.packument("a");
    expect(tokensOf(network)).toEqual([`Bearer ${SECRET}`, null, "Bearer for-two"]);
  });

  it.for([301, 302, 303, 307, 308])(
    "are taken off when a %i leads to another origin or path",
    async (code, { expect }) => {
      const way = ["https://main.test/elsewhere", "https://cdn.test/npm/a", "/x", "https://main.test/npm/b"];
      const network = connect({ npmrc }, (_, count) => {
        const next = way[count - 1];
        return next === undefined ? packument("a") : redirect(next, code);
      });
      await network.registry.packument("a");
      expect(urlsOf(network).slice(1)).toEqual([way[0], way[1], "https://cdn.test/x", way[3]]);
      expect(tokensOf(network)).toEqual([`Bearer ${SECRET}`, null, null, null, `Bearer ${SECRET}`]);
    },
  );

  it("are not sent in the open when a redirect leads to http:", async ({ expect }) => {
    const network = connect({ npmrc }, (_, count) =>
      count === 1 ? redirect("http://main.test/npm/a") : packument("a"),
    );
    await network.registry.packument("a");
    expect(tokensOf(network)).toEqual([`Bearer ${SECRET}`, null]);
  });

  it("are not trusted to a redirect that the platform follows unseen", async ({ expect }) => {
    const hidden = Object.defineProperty(new Response(null), "type", { value: "opaqueredirect" });
    const network = connect({ npmrc }, () => hidden);
    expect(await failureOf(network.registry.packument("a"))).toMatchObject({ code: "ERR_REDIRECT_HIDDEN" });
  });

  it("follow no circle and no data: address", async ({ expect }) => {
    const circle = connect({ npmrc }, () => redirect("/npm/a"), { redirects: 3 });
    expect(await failureOf(circle.registry.packument("a"))).toMatchObject({ code: "ERR_TOO_MANY_REDIRECTS" });
    expect(circle.requests).toHaveLength(4);
    const data = connect({ npmrc }, () => redirect('data:application/json,{"name":"a"}'));
    expect(await failureOf(data.registry.packument("a"))).toMatchObject({ code: "ERR_UNSUPPORTED_ESM_URL_SCHEME" });
    expect(data.requests).toHaveLength(1);
  });

  it.for([
    [npmrc, "it does not accept the token that is set for it"],
    [`registry=${MAIN}npm/`, "no token is set for it"],
  ] as const)(
    "where the registry refuses, the error says whether it was told one",
    async ([text, hint], { expect }) => {
      for (const status of [401, 403]) {
        const network = connect({ npmrc: text }, () => new Response(null, { status }));
        expect(await failureOf(network.registry.packument("a"))).toMatchObject({ code: "ERR_FETCH_STATUS", hint });
      }
    },
  );

  const password = "pa55w0rd!";
  const pair = btoa(`me:${password}`);
  const home = `registry=${MAIN}npm/\n//main.test/npm/`;
  const settings = [
    ["a token", `${home}:_authToken=${SECRET}`, [SECRET]],
    ["_auth", `${home}:_auth=${pair}`, [pair, password]],
    ["a password", `${home}:username=me\n//main.test/npm/:_password=${btoa(password)}`, [pair, password]],
    ["an address", `registry=https://me:${password}@main.test/npm/`, [pair, password]],
  ] as const;
  const sentTo = (request: FakeRequest): string => request.headers.get("authorization") ?? "";
  const echo = (request: FakeRequest): string => `${sentTo(request)} ${SECRET} ${password}`;
  const edgeError = (request: FakeRequest): Response => {
    const error = { code: "ERR_FETCH_STATUS", message: echo(request), details: { sent: [echo(request)] } };
    return Response.json({ error }, { status: 502 });
  };
  const answers: readonly (readonly [string, Answer])[] = [
    ["refuses and says what it got", (request) => new Response(echo(request), { status: 401 })],
    ["fails as an edge does", edgeError],
    ["breaks off with what was sent", (request) => Promise.reject(new TypeError(`bad header ${echo(request)}`))],
    ["is not JSON", (request) => new Response(`{ ${echo(request)}`)],
    ["repeats it as a name", (request) => Response.json({ name: sentTo(request).split(" ")[1], versions: {} })],
    [
      "puts it into an address",
      (request) => {
        const tarball = `https://main.test/npm/a.tgz?t=${sentTo(request).split(" ")[1]}`;
        return Response.json({ name: "a", versions: { "1.0.0": { name: "a", version: "1.0.0", dist: { tarball } } } });
      },
    ],
    ["redirects in circles", () => redirect("/npm/a")],
  ];

  for (const [kind, text, secrets] of settings) {
    it.for(answers)(`as ${kind} are in no error and no event where the registry %s`, async ([, answer], { expect }) => {
      const network = connect({ npmrc: text }, answer, { attempts: 2, redirects: 2 });
      const error = await failureOf(network.registry.packument("a"));
      expect(isLoaderError(error)).toBe(true);
      expect(tokensOf(network)[0]).toContain(secrets[0]);
      for (const secret of secrets) expect(traces(error, network)).not.toContain(secret);
    });
  }

  it("in the address that the loader is given are taken out of it", async ({ expect }) => {
    const network = createFakeNetwork(() => new Response(null, { status: 401 }), { attempts: 1 });
    const address = `https://me:${password}@main.test/npm/`;
    const registry = createRegistry(network.context, address, readRegistries(address, {}));
    const error = await failureOf(registry.packument("a"));
    expect(urlsOf(network)).toEqual(["https://main.test/npm/a"]);
    expect(tokensOf(network)).toEqual([`Basic ${pair}`]);
    expect(traces(error, network)).not.toContain(password);
  });
});

describe("metadata", () => {
  it("is asked for abbreviated, and whole where times are needed", async ({ expect }) => {
    const network = connect({}, () => packument("a"));
    await network.registry.metadata({ name: "a" });
    await network.registry.metadata({ name: "a", whole: true });
    const accepted = network.requests.map(({ headers }) => headers.get("accept"));
    expect(accepted[0]).toContain("application/vnd.npm.install-v1+json");
    expect(accepted[1]).toBe("application/json");
  });

  it("that has not changed is 304, and an error where nobody asked for that", async ({ expect }) => {
    const network = connect({}, () => new Response(null, { status: 304, headers: { etag: '"1"' } }));
    const found = await network.registry.metadata({ name: "a", validators: { "if-none-match": '"1"' } });
    expect(found.json).toBeUndefined();
    expect(network.requests[0]?.headers.get("if-none-match")).toBe('"1"');
    expect(await failureOf(network.registry.packument("a"))).toMatchObject({ details: { status: 304 } });
  });
});

describe("registries of the Raya protocol", () => {
  const config = `[registry.scopes]
"@acme" = "https://acme.test"
[registry.protocols]
"https://acme.test" = "raya"
"https://main.test" = "npm"`;

  it("are asked by its addresses, all others by npm's", async ({ expect }) => {
    const network = connect({ config }, ({ url }) =>
      url.includes("/download") || url.endsWith(".tgz")
        ? new Response(bytes)
        : Response.json(
            url.includes("acme")
              ? { name: "@acme/a", tags: {}, versions: {} }
              : { name: "a", "dist-tags": {}, versions: {} },
          ),
    );
    const { registry } = network;
    for (const name of ["@acme/a", "a"]) {
      await registry.packument(name);
      await registry.archive({ name, version: "1.0.0", integrity });
      await registry.artifact({ name, version: "1.0.0", compiler: "c" });
    }
    expect(urlsOf(network)).toEqual([
      "https://acme.test/packages/@acme/a",
      "https://acme.test/packages/@acme/a/1.0.0/download?format=tgz",
      "https://acme.test/packages/@acme/a/1.0.0/download?compiler=c",
      "https://main.test/a",
      "https://main.test/a/-/a-1.0.0.tgz",
    ]);
  });

  it("are named by their addresses", ({ expect }) => {
    for (const wrong of ['"https://acme.test" = "cargo"', '"acme" = "raya"', '"https://acme.test" = 1'])
      expect(() => readRegistries(MAIN, { config: `[registry.protocols]\n${wrong}` })).toThrow(
        expect.objectContaining({ code: "ERR_REGISTRY_CONFIG_INVALID" }),
      );
  });
});
