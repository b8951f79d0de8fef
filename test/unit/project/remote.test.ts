import { describe, it } from "vitest";
import { createLimits } from "../../../src/limits.ts";
import { createMemoryProjectFiles } from "../../../src/project/project-files.ts";
import { createProjectRegistry, type ProjectRegistryOptions } from "../../../src/project/project-registry.ts";
import { ProjectVerbs } from "../../../src/project/project-verbs.ts";
import { printMetadata } from "../../../src/solve/metadata-text.ts";
import { reduceMetadata } from "../../../src/solve/reduce-metadata.ts";
import { integrityOf, packArchive } from "../../fixtures/fake-registry.ts";
import { errorOf, json, NOW, sri } from "./virtual-project.ts";

const BASE = "https://registry.example/";
const ONE = "1".repeat(40);
const TWO = "2".repeat(40);
const API = "https://api.github.com/repos/acme/thing";

/** What GitHub's API says of a commit, less what is not read. */
const commitAnswer = (sha: string): string =>
  json({ sha, node_id: "C_1", commit: { message: "release" }, parents: [] });
const tagsAnswer = json(
  ["v2.0.0-rc.1", "v1.4.0", "v1.3.0", "nightly"].map((name) => ({ name, commit: { sha: TWO, url: "" } })),
);
const MANIFEST = { name: "thing", version: "1.3.0", dependencies: { b: "^1.0.0" }, bin: "cli.js" };
const b = json({
  name: "b",
  "dist-tags": { latest: "1.0.0" },
  versions: { "1.0.0": { name: "b", version: "1.0.0", dist: { integrity: sri("b") } } },
});

type Answers = Record<string, string | Uint8Array<ArrayBuffer>>;

function createProject(
  answers: Answers,
  dependencies: Record<string, string> = {},
  options: ProjectRegistryOptions = {},
) {
  const files = createMemoryProjectFiles({ "package.json": json({ name: "app", dependencies }) });
  const asked: string[] = [];
  const events: string[] = [];
  const authorized: string[] = [];
  const fetch = async (url: string, init?: RequestInit): Promise<Response> => {
    asked.push(url);
    if (new Headers(init?.headers).has("authorization")) authorized.push(url);
    const body = answers[url];
    const type = typeof body === "string" ? "application/json" : "application/gzip";
    return new Response(body ?? "{}", { status: body === undefined ? 404 : 200, headers: { "content-type": type } });
  };
  const host = { fetch, now: () => 0, delay: () => new Promise<void>(() => undefined) };
  const emit = ({ kind, subject }: { kind: string; subject: string }): void => void events.push(`${kind} ${subject}`);
  const context = { host, limits: createLimits(), emit };
  const registry = () => createProjectRegistry(context, BASE, options);
  return { files, asked, events, authorized, verbs: new ProjectVerbs({ files, registry, now: () => NOW }) };
}

describe("dependencies that are not of a registry", () => {
  it("P37 P64: an archive at a URL is locked with the hash of its bytes", async ({ expect }) => {
    const url = "https://files.example/thing-1.3.0.tgz";
    const bytes = await packArchive({ manifest: MANIFEST });
    const { verbs, files } = createProject({ [url]: bytes, [`${BASE}b`]: b });
    const { lock, added } = await verbs.add([url]);
    expect(added).toEqual(["b@1.0.0", "thing@1.3.0"]);
    expect(lock.packages["thing@1.3.0"]).toMatchObject({
      source: { kind: "url", url },
      integrity: integrityOf(bytes),
      dependencies: { b: "b@1.0.0" },
      bin: { thing: "cli.js" },
    });
    expect(JSON.parse(files.snapshot()["package.json"] ?? "")).toMatchObject({ dependencies: { thing: url } });
  });

  it("P64: whose URL has a hash, and whose bytes are others, is refused", async ({ expect }) => {
    const url = "https://files.example/thing.tgz";
    const bytes = await packArchive({ manifest: MANIFEST });
    const { verbs, files } = createProject({ [url]: bytes }, { thing: `${url}#${sri("other")}` });
    const before = files.snapshot();
    expect((await errorOf(verbs.install())).code).toBe("ERR_INTEGRITY_MISMATCH");
    expect(files.snapshot()).toEqual(before);
  });

  it.for([
    ["github:acme/thing#v1.3.0", "v1.3.0"],
    ["acme/thing", undefined],
    ["https://github.com/acme/thing.git#v1.3.0", "v1.3.0"],
  ] as const)("P35 P63: %s is pinned to a commit, and its archive to its bytes", async ([source, ref], { expect }) => {
    const archive = `https://codeload.github.com/acme/thing/tar.gz/${ONE}`;
    const bytes = await packArchive({ manifest: MANIFEST });
    const answers = { [`${API}/commits/${ref ?? "HEAD"}`]: commitAnswer(ONE), [archive]: bytes, [`${BASE}b`]: b };
    const { verbs, files } = createProject(answers, { thing: source });
    await verbs.install();
    expect(files.snapshot()["raya.lock"]).toContain(
      `source = "git+https://github.com/acme/thing.git${ref === undefined ? "" : `?ref=${ref}`}#${ONE}"`,
    );
    const { lock } = await verbs.install({ frozen: true, force: true });
    expect(lock.packages["thing@1.3.0"]).toMatchObject({ resolved: archive, integrity: integrityOf(bytes) });
  });

  it("P63: #semver: is the highest tag in the range", async ({ expect }) => {
    const answers: Answers = {
      [`${API}/tags?per_page=100`]: tagsAnswer,
      [`${API}/commits/v1.4.0`]: commitAnswer(TWO),
      [`https://codeload.github.com/acme/thing/tar.gz/${TWO}`]: await packArchive({ manifest: MANIFEST }),
      [`${BASE}b`]: b,
    };
    const { lock } = await createProject(answers, { thing: "acme/thing#semver:^1.0.0" }).verbs.install();
    expect(lock.packages["thing@1.3.0"]?.source).toMatchObject({ commit: TWO, ref: "v1.4.0" });
    const error = await errorOf(createProject(answers, { thing: "acme/thing#semver:^3" }).verbs.install());
    expect([error.code, error.details["available"]]).toEqual([
      "ERR_VERSION_NOT_FOUND",
      expect.arrayContaining(["v1.4.0"]),
    ]);
  });

  it("R71: stays at its commit when the branch moves, until it is updated", async ({ expect }) => {
    const answers: Answers = {
      [`${API}/commits/main`]: commitAnswer(ONE),
      [`https://codeload.github.com/acme/thing/tar.gz/${ONE}`]: await packArchive({ manifest: MANIFEST }),
      [`https://codeload.github.com/acme/thing/tar.gz/${TWO}`]: await packArchive({
        manifest: { ...MANIFEST, version: "1.5.0" },
      }),
      [`${BASE}b`]: b,
    };
    const { verbs } = createProject(answers, { thing: "github:acme/thing#main" });
    await verbs.install();
    answers[`${API}/commits/main`] = commitAnswer(TWO);
    const kept = await verbs.install({ force: true });
    expect(kept.lock.packages["thing@1.3.0"]?.source).toMatchObject({ commit: ONE, ref: "main" });
    const { lock } = await verbs.update(["thing"]);
    expect(lock.packages["thing@1.5.0"]?.source).toMatchObject({ commit: TWO, ref: "main" });
  });

  it.for([
    ["git+ssh://git@host.example/thing.git", "ERR_UNSUPPORTED_DEPENDENCY", "only git itself"],
    ["acme/thing#path:packages/a", "ERR_UNSUPPORTED_DEPENDENCY", "a folder of a repository"],
    ["acme/gone#v1", "ERR_VERSION_NOT_FOUND", 'does not have the commit "v1" of acme/gone'],
  ] as const)("%s fails with %s", async ([source, code, reason], { expect }) => {
    const error = await errorOf(createProject({}, { thing: source }).verbs.install());
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(reason)]);
  });

  it("an archive without a package.json is no package", async ({ expect }) => {
    const url = "https://files.example/x.tgz";
    const bytes = await packArchive({ manifest: { name: "", version: "" }, files: { "package.json": "{}" } });
    const error = await errorOf(createProject({ [url]: bytes }, { thing: url }).verbs.install());
    expect(error.code).toBe("ERR_INVALID_PACKAGE_CONFIG");
  });
});

describe("registries of a project", () => {
  const scoped = json({
    name: "@acme/a",
    "dist-tags": { latest: "1.0.0" },
    versions: { "1.0.0": { name: "@acme/a", version: "1.0.0", dist: { integrity: sri("a") } } },
  });

  it("are those of an .npmrc, with their tokens, of which nothing is written", async ({ expect }) => {
    const npmrc = "@acme:registry=https://npm.acme.example/\n//npm.acme.example/:_authToken=${TOKEN}\n";
    const env = { TOKEN: "a-secret-of-acme" };
    const answers = { "https://npm.acme.example/@acme%2fa": scoped, [`${BASE}b`]: b };
    const { verbs, files, authorized } = createProject(answers, { "@acme/a": "1", b: "1" }, { npmrc, env });
    await verbs.install();
    expect(authorized).toEqual(["https://npm.acme.example/@acme%2fa"]);
    expect(JSON.stringify(files.snapshot())).not.toContain("secret");
  });

  it("R56: every request is told as it goes", async ({ expect }) => {
    const { verbs, events } = createProject({ [`${BASE}b`]: b }, { b: "1" });
    await verbs.install();
    expect(events).toEqual(["start b", "progress b", "done b"]);
  });

  it("of an edge send everything at once; what it has not is asked for by name", async ({ expect }) => {
    const edge = `${BASE}-/raya/metadata`;
    const metadata = printMetadata(reduceMetadata(JSON.parse(scoped), "@acme/a"));
    const { verbs, asked } = createProject(
      { [edge]: metadata, [`${BASE}b`]: b },
      { "@acme/a": "1", b: "1" },
      { edge: true },
    );
    const { added } = await verbs.install();
    expect(added).toEqual(["@acme/a@1.0.0", "b@1.0.0"]);
    expect(asked).toEqual([edge, `${BASE}b`]);
  });
});
