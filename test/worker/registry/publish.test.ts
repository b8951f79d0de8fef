import { describe, it } from "vitest";
import { createPackage, errorOf, registryOf } from "../fake-upstream.ts";
import { ADMIN, createFakeRegistry, createPublication, pack } from "./fake-registry.ts";

const NAME = "@acme/lib";
const PATH = "/npm/@acme%2flib";

describe("publishing", () => {
  it("makes a version that those with a token can read, in every form, and nobody else", async ({ expect }) => {
    const registry = createFakeRegistry();
    const ann = await registry.login("ann", ["publish"]);
    const { document, archive } = await createPublication(NAME, "1.0.0");
    expect((await registry.send("PUT", PATH, document, ann)).status).toBe(201);
    const whole = await registry.get(PATH, { headers: ann });
    expect(await whole.json()).toMatchObject({
      _id: NAME,
      _rev: expect.stringMatching(/^1-/),
      name: NAME,
      "dist-tags": { latest: "1.0.0" },
      readme: "# Read me",
      time: { created: expect.any(String), modified: expect.any(String), "1.0.0": expect.any(String) },
      versions: {
        "1.0.0": { _npmUser: { name: "ann" }, dist: { tarball: "https://edge.test/npm/@acme/lib/-/lib-1.0.0.tgz" } },
      },
    });
    expect(whole.headers.get("cache-control")).toBe("private, no-cache");
    expect(whole.headers.get("vary")).toBe("accept, authorization");
    const fetched = await registry.get("/npm/@acme/lib/-/lib-1.0.0.tgz", { headers: ann });
    expect(new Uint8Array(await fetched.arrayBuffer())).toEqual(archive);
    expect(fetched.headers.get("cache-control")).toContain("private");
    const bob = await registry.login("bob", ["read:@other"]);
    for (const path of [
      PATH,
      "/npm/@acme/lib/-/lib-1.0.0.tgz",
      `${PATH}/latest`,
      "/npm/-/package/@acme%2flib/dist-tags",
    ]) {
      expect((await registry.get(path)).status).toBe(401);
      expect((await errorOf(await registry.get(path, { headers: bob }))).code).toBe("ERR_FORBIDDEN");
      expect((await registry.get(path, { headers: ann })).status).toBe(200);
    }
    expect(registry.requests).toEqual([]);
  });

  it("of one version by two at the same time has exactly one winner", async ({ expect }) => {
    const registry = createFakeRegistry();
    const users = await Promise.all(["ann", "bob"].map((user) => registry.login(user, ["publish"])));
    const publications = await Promise.all(["one", "two"].map((text) => createPublication(NAME, "1.0.0", { text })));
    // Both have read the same state before either writes.
    let waiting = 0;
    let release = (): void => undefined;
    const both = new Promise<void>((resolve) => (release = resolve));
    registry.objects.beforePut = (key) => {
      if (key !== `npm/packages/${NAME}` || waiting === 2) return undefined;
      waiting += 1;
      if (waiting === 2) release();
      return both;
    };
    const statuses = await Promise.all(
      publications.map(
        async ({ document }, index) => (await registry.send("PUT", PATH, document, users[index])).status,
      ),
    );
    expect(statuses.toSorted((a, b) => a - b)).toEqual([201, 409]);
    const winner = publications[statuses.indexOf(201)];
    const archive = await registry.get("/npm/@acme/lib/-/lib-1.0.0.tgz", { headers: ADMIN });
    expect(new Uint8Array(await archive.arrayBuffer())).toEqual(winner?.archive);
  });

  it("of different versions at the same time has them all", async ({ expect }) => {
    const registry = createFakeRegistry();
    const versions = Array.from({ length: 8 }, (_, minor) => `1.${minor}.0`);
    const statuses = await Promise.all(
      versions.map(async (version) => {
        const { document } = await createPublication(NAME, version);
        return (await registry.send("PUT", PATH, document, ADMIN)).status;
      }),
    );
    expect(statuses).toEqual(versions.map(() => 201));
    const { versions: published }: { versions: object } = await (await registry.get(PATH, { headers: ADMIN })).json();
    expect(Object.keys(published).toSorted()).toEqual(versions);
  });

  it("that breaks off at any write leaves nothing to be seen, and can be tried again", async ({ expect }) => {
    for (const broken of ["npm/archives/", "npm/packages/"]) {
      const registry = createFakeRegistry();
      const { document } = await createPublication(NAME, "1.0.0");
      registry.objects.beforePut = (key) => {
        if (key.startsWith(broken)) throw new Error("the store is gone");
      };
      expect((await registry.send("PUT", PATH, document, ADMIN)).status).toBe(500);
      expect((await registry.get(PATH, { headers: ADMIN })).status).toBe(404);
      registry.objects.beforePut = () => undefined;
      expect((await registry.send("PUT", PATH, document, ADMIN)).status).toBe(201);
      expect((await registry.send("PUT", PATH, document, ADMIN)).status).toBe(409);
    }
  });

  it("never changes a version", async ({ expect }) => {
    const registry = createFakeRegistry();
    const first = await createPublication(NAME, "1.0.0", { text: "one" });
    const second = await createPublication(NAME, "1.0.0", { text: "two" });
    await registry.send("PUT", PATH, first.document, ADMIN);
    const response = await registry.send("PUT", PATH, second.document, ADMIN);
    expect(response.status).toBe(409);
    expect((await errorOf(response)).code).toBe("ERR_VERSION_EXISTS");
    const toNpm = await registry.send("PUT", PATH, second.document, { ...ADMIN, "user-agent": "npm/11.0.0 node/v24" });
    expect(await toNpm.json()).toMatchObject({
      error: '"@acme/lib@1.0.0" has been published before [ERR_VERSION_EXISTS]',
      details: { code: "ERR_VERSION_EXISTS", details: { package: "@acme/lib@1.0.0" } },
    });
    expect(toNpm.status).toBe(409);
    const archive = await registry.get("/npm/@acme/lib/-/lib-1.0.0.tgz", { headers: ADMIN });
    expect(new Uint8Array(await archive.arrayBuffer())).toEqual(first.archive);
  });

  it("needs a token for that scope", async ({ expect }) => {
    const registry = createFakeRegistry();
    const { document } = await createPublication(NAME, "1.0.0");
    expect((await registry.send("PUT", PATH, document)).status).toBe(401);
    for (const scopes of [["read"], ["publish:@other"], ["admin"], ["read:@acme"]]) {
      const headers = await registry.login("ann", scopes);
      expect((await registry.send("PUT", PATH, document, headers)).status).toBe(403);
    }
    const ann = await registry.login("ann", ["publish:@acme"]);
    expect((await registry.send("PUT", PATH, document, ann)).status).toBe(201);
    expect((await registry.get(PATH, { headers: ann })).status).toBe(200);
  });

  it("is for this edge's own scopes only", async ({ expect }) => {
    const registry = createFakeRegistry();
    for (const name of ["react", "@acmelike/lib", "@acme-x/lib"]) {
      const { document } = await createPublication(name, "1.0.0");
      const response = await registry.send("PUT", `/npm/${name.replace("/", "%2f")}`, document, ADMIN);
      expect(response.status).toBe(403);
      expect((await errorOf(response)).details.hint).toContain("@acme");
    }
  });

  it("gives first versions the tag latest, whatever tag they are published under", async ({ expect }) => {
    const registry = createFakeRegistry();
    const tagsAfter = async (version: string): Promise<unknown> => {
      const { document } = await createPublication(NAME, version, { tag: "beta" });
      await registry.send("PUT", PATH, document, ADMIN);
      return (await registry.get("/npm/-/package/@acme%2flib/dist-tags", { headers: ADMIN })).json();
    };
    expect(await tagsAfter("1.0.0-beta.1")).toEqual({ beta: "1.0.0-beta.1", latest: "1.0.0-beta.1" });
    expect(await tagsAfter("1.0.0-beta.2")).toEqual({ beta: "1.0.0-beta.2", latest: "1.0.0-beta.1" });
  });

  it("refuses what is not what it says it is", async ({ expect }) => {
    const registry = createFakeRegistry();
    const good = (await createPublication(NAME, "1.0.0")).document;
    const [file = ""] = Object.keys(good._attachments);
    const other = await pack({ "package.json": JSON.stringify({ name: NAME, version: "2.0.0" }) });
    const attach = (data: string, dist: object = {}): object => ({
      ...good,
      versions: { "1.0.0": { ...good.versions["1.0.0"], dist } },
      _attachments: { [file]: { data } },
    });
    const WRONG: [what: object, code: string][] = [
      [{ ...good, name: "@acme/other" }, "ERR_PUBLISH_INVALID"],
      [{ ...good, versions: { "1.0": { ...good.versions["1.0.0"], version: "1.0" } } }, "ERR_PUBLISH_INVALID"],
      [{ ...good, versions: { "1.0.1": good.versions["1.0.0"] } }, "ERR_PUBLISH_INVALID"],
      [{ ...good, versions: {} }, "ERR_PUBLISH_INVALID"],
      [{ ...good, _attachments: { ...good._attachments, "x.sigstore": { data: "" } } }, "ERR_PUBLISH_INVALID"],
      [{ ...good, _attachments: { [file]: { data: "no base64!" } } }, "ERR_PUBLISH_INVALID"],
      [{ ...good, "dist-tags": { "v1.0.0": "1.0.0" } }, "ERR_REQUEST_INVALID"],
      [attach(btoa("no archive")), "ERR_ARCHIVE_INVALID"],
      [attach(btoa(String.fromCharCode(...other))), "ERR_PUBLISH_INVALID"],
      [attach(good._attachments[file]?.data ?? "", { shasum: "0".repeat(40) }), "ERR_INTEGRITY_MISMATCH"],
      [{ ...good, _attachments: { [file]: { data: btoa(String.fromCharCode(...other)) } } }, "ERR_INTEGRITY_MISMATCH"],
      [{ ...good, _attachments: undefined, versions: undefined }, "ERR_PUBLISH_INVALID"],
    ];
    for (const [document, code] of WRONG)
      expect((await errorOf(await registry.send("PUT", PATH, document, ADMIN))).code).toBe(code);
    expect((await registry.get(PATH, { headers: ADMIN })).status).toBe(404);
    expect([...registry.objects.kept.keys()]).toEqual([]);
  });

  it("takes the document of a client that read the package first and sends all versions again", async ({ expect }) => {
    const registry = createFakeRegistry();
    const first = await createPublication(NAME, "1.0.0", { text: "one" });
    await registry.send("PUT", PATH, first.document, ADMIN);
    const second = await createPublication(NAME, "1.1.0", { text: "two" });
    const { versions }: { versions: Record<string, Record<string, unknown>> } = await (
      await registry.get(PATH, { headers: ADMIN })
    ).json();
    const all = { ...second.document, versions: { ...versions, ...second.document.versions } };
    expect((await registry.send("PUT", PATH, all, ADMIN)).status).toBe(201);
  });
});

describe("what has been published", () => {
  const createPublished = async () => {
    const registry = createFakeRegistry();
    for (const version of ["1.0.0", "1.1.0"])
      await registry.send("PUT", PATH, (await createPublication(NAME, version)).document, ADMIN);
    const read = async (): Promise<Record<string, Record<string, Record<string, unknown>>>> =>
      (await registry.get(PATH, { headers: ADMIN })).json();
    return { registry, read };
  };

  it("is not taken back", async ({ expect }) => {
    const { registry, read } = await createPublished();
    const tries: [method: string, path: string][] = [
      ["DELETE", `${PATH}/-rev/1-abc`],
      ["PUT", `${PATH}/-rev/1-abc`],
      ["DELETE", "/npm/@acme/lib/-/lib-1.0.0.tgz/-rev/1-abc"],
      ["DELETE", PATH],
    ];
    for (const [method, path] of tries) {
      const response = await registry.send(method, path, {}, ADMIN);
      expect(response.status).toBe(405);
      expect(await errorOf(response)).toMatchObject({ code: "ERR_UNPUBLISH_REFUSED", details: { package: NAME } });
    }
    expect(Object.keys((await read())["versions"] ?? {})).toEqual(["1.0.0", "1.1.0"]);
  });

  it("can be deprecated, and that can be taken back; nothing else of it changes", async ({ expect }) => {
    const { registry, read } = await createPublished();
    const before = await read();
    const withReason = (reason: string): object => ({
      ...before,
      "dist-tags": { latest: "1.0.0" },
      versions: {
        ...before["versions"],
        "1.0.0": { ...before["versions"]?.["1.0.0"], deprecated: reason, main: "evil.js", dist: {} },
      },
    });
    expect((await registry.send("PUT", PATH, withReason("use 1.1"), ADMIN)).status).toBe(201);
    const deprecated = await read();
    expect(deprecated["versions"]?.["1.0.0"]).toEqual({ ...before["versions"]?.["1.0.0"], deprecated: "use 1.1" });
    expect(deprecated["dist-tags"]).toEqual(before["dist-tags"]);
    const short = await registry.get(PATH, {
      headers: { ...ADMIN, accept: "application/vnd.npm.install-v1+json" },
    });
    expect(await short.text()).toContain('"deprecated":"use 1.1"');
    await registry.send("PUT", PATH, withReason(""), ADMIN);
    expect((await read())["versions"]).toEqual(before["versions"]);
    const unknown = { name: NAME, versions: { "9.0.0": { deprecated: "x" } } };
    expect((await errorOf(await registry.send("PUT", PATH, unknown, ADMIN))).code).toBe("ERR_VERSION_NOT_FOUND");
  });

  it("has tags that are set and removed", async ({ expect }) => {
    const { registry } = await createPublished();
    const TAGS = "/npm/-/package/@acme%2flib/dist-tags";
    expect((await registry.send("PUT", `${TAGS}/stable`, "1.0.0", ADMIN)).status).toBe(201);
    expect(await (await registry.get(TAGS, { headers: ADMIN })).json()).toEqual({ latest: "1.1.0", stable: "1.0.0" });
    expect(await (await registry.get(`${PATH}/stable`, { headers: ADMIN })).json()).toMatchObject({ version: "1.0.0" });
    expect((await registry.send("DELETE", `${TAGS}/stable`, undefined, ADMIN)).status).toBe(201);
    expect(await (await registry.get(TAGS, { headers: ADMIN })).json()).toEqual({ latest: "1.1.0" });
    const WRONG: [method: string, path: string, body: unknown, code: string][] = [
      ["PUT", `${TAGS}/next`, "9.0.0", "ERR_VERSION_NOT_FOUND"],
      ["PUT", `${TAGS}/1.0.0`, "1.0.0", "ERR_REQUEST_INVALID"],
      ["PUT", `${TAGS}/next`, { version: "1.0.0" }, "ERR_REQUEST_INVALID"],
      ["DELETE", `${TAGS}/latest`, undefined, "ERR_REQUEST_INVALID"],
      ["PUT", TAGS, "1.0.0", "ERR_METHOD_NOT_ALLOWED"],
      ["PUT", "/npm/-/package/react/dist-tags/next", "1.0.0", "ERR_FORBIDDEN"],
    ];
    for (const [method, path, body, code] of WRONG)
      expect((await errorOf(await registry.send(method, path, body, ADMIN))).code).toBe(code);
  });

  it("with a flipped byte in the store is refused before any client sees it", async ({ expect }) => {
    const { registry } = await createPublished();
    for (const [key, { bytes }] of registry.objects.kept)
      if (key.startsWith("npm/archives/")) bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    const response = await registry.get("/npm/@acme/lib/-/lib-1.0.0.tgz", { headers: ADMIN });
    expect(response.status).toBe(502);
    expect((await errorOf(response)).code).toBe("ERR_INTEGRITY_MISMATCH");
  });

  it("answers 304 to who has it", async ({ expect }) => {
    const { registry } = await createPublished();
    const etag = (await registry.get(PATH, { headers: ADMIN })).headers.get("etag") ?? "";
    const again = async (): Promise<number> =>
      (await registry.get(PATH, { headers: { ...ADMIN, "if-none-match": etag } })).status;
    expect(await again()).toBe(304);
    await registry.send("PUT", "/npm/-/package/@acme%2flib/dist-tags/next", "1.0.0", ADMIN);
    expect(await again()).toBe(200);
  });
});

describe("private names", () => {
  it("are never asked of the upstream, by any route", async ({ expect }) => {
    const fake = createPackage(NAME, "6.6.6");
    const readSource = async (): Promise<string> => "stolen";
    const compiler = { id: "c", compile: async () => [new Uint8Array()] };
    const registry = createFakeRegistry(registryOf(fake), { readSource, compiler });
    const paths = [
      PATH,
      "/npm/@ACME%2flib",
      "/npm/@acme/lib/-/lib-6.6.6.tgz",
      "/rbin/c/@acme/lib@6.6.6",
      "/~/@acme/lib@6.6.6/index.js",
    ];
    for (const path of paths) {
      for (const headers of [{}, ADMIN]) expect((await registry.get(path, { headers })).ok).toBe(false);
    }
    expect(registry.requests).toEqual([]);
  });

  it("do not hide others: public packages and their tags still come from the upstream", async ({ expect }) => {
    const registry = createFakeRegistry(registryOf(createPackage("react", "19.0.0")));
    expect((await registry.get("/npm/react")).status).toBe(200);
    expect(await (await registry.get("/npm/-/package/react/dist-tags")).json()).toEqual({ latest: "19.0.0" });
  });
});
