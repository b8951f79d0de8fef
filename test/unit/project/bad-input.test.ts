import { describe, type ExpectStatic, it } from "vitest";
import type { LoaderError } from "../../../src/errors.ts";
import { createLimits, type Limits } from "../../../src/limits.ts";
import { createMemoryProjectFiles } from "../../../src/project/project-files.ts";
import { createProjectRegistry } from "../../../src/project/project-registry.ts";
import { ProjectVerbs } from "../../../src/project/project-verbs.ts";
import { errorOf, json, NOW, sri } from "./virtual-project.ts";

const BASE = "https://registry.example/";
const PROJECT = { name: "app", dependencies: { a: "^1.0.0" } };

type Manifest = Readonly<Record<string, unknown>>;

/** `name` with these versions, as a registry has it. */
function packument(name: string, versions: Readonly<Record<string, Manifest>>): Record<string, unknown> {
  const entries = Object.entries(versions).map(([version, fields]) => [
    version,
    { name, version, dist: { integrity: sri(`${name}@${version}`) }, ...fields },
  ]);
  const latest = Object.keys(versions).at(-1);
  return { name, "dist-tags": { latest }, versions: Object.fromEntries(entries) };
}

/** A project and a registry that answers with these texts. */
function createProject(bodies: Readonly<Record<string, string>>, manifest: Manifest = PROJECT, lock?: string) {
  const files = createMemoryProjectFiles({
    "package.json": json(manifest),
    ...(lock !== undefined && { "raya.lock": lock }),
  });
  const fetch = async (url: string): Promise<Response> => {
    const body = bodies[decodeURIComponent(url.slice(BASE.length))];
    return new Response(body ?? "{}", {
      status: body === undefined ? 404 : 200,
      headers: { "content-type": "application/json" },
    });
  };
  const host = { fetch, now: () => 0, delay: () => new Promise<void>(() => undefined) };
  const createVerbs = (limits: Partial<Limits> = {}): ProjectVerbs =>
    new ProjectVerbs({
      files,
      registry: () => createProjectRegistry({ host, limits: createLimits(limits), emit: () => undefined }, BASE),
      now: () => NOW,
    });
  return { files, createVerbs, verbs: createVerbs() };
}

describe("bad input to a verb", () => {
  /** The error of an install that must not write anything. */
  const failure = async (
    expect: ExpectStatic,
    { files, verbs }: ReturnType<typeof createProject>,
    run = (): Promise<unknown> => verbs.install(),
  ): Promise<LoaderError> => {
    const before = files.snapshot();
    const error = await errorOf(run());
    expect(files.snapshot()).toEqual(before);
    return error;
  };

  it("R61: a range that nothing matches writes nothing, and names what there is", async ({ expect }) => {
    const a = json(packument("a", { "0.9.0": {}, "2.0.0": {} }));
    const error = await failure(expect, createProject({ a }));
    expect(error.code).toBe("ERR_VERSION_NOT_FOUND");
    expect(error.hint).toContain("there are 2.0.0, 0.9.0");
  });

  it("R117, P86, P87: cycles and self-dependencies are locked, and said", async ({ expect }) => {
    const a = json(packument("a", { "1.0.0": { dependencies: { b: "1", a: "1" } } }));
    const b = json(packument("b", { "1.0.0": { dependencies: { a: "*" } } }));
    const { notices, added } = await createProject({ a, b }).verbs.install();
    expect(added).toEqual(["a@1.0.0", "b@1.0.0"]);
    expect(notices.map(({ kind, message }) => [kind, message])).toEqual([
      ["cycle", "a@1.0.0, b@1.0.0 depend on each other"],
    ]);
  });

  it("metadata of 20 MB is used, and refused above the limit", async ({ expect }) => {
    const versions = Object.fromEntries(Array.from({ length: 400 }, (_, patch) => [`1.0.${patch}`, {}]));
    const a = json({ ...packument("a", versions), readme: "x".repeat(20_000_000) });
    const project = createProject({ a });
    const error = await failure(expect, project, () => project.createVerbs({ packumentBytes: 1_000_000 }).install());
    expect(error.code).toBe("ERR_SIZE_LIMIT");
    expect(error.details).toMatchObject({ package: "a", limit: 1_000_000 });
    expect((await project.verbs.install()).added).toEqual(["a@1.0.399"]);
    expect(project.files.snapshot()["raya.lock"]).toContain('version = "1.0.399"');
  });

  it.for([
    ["half of it", json(packument("a", { "1.0.0": {} })).slice(0, -20), "it is not JSON"],
    ["a list", "[]", "it is not a JSON object"],
    ["versions that are none", '{ "name": "a", "versions": [1] }', 'its "versions" are not an object'],
    ["a version that is none", '{ "name": "a", "versions": { "1.0.0": 7 } }', 'its version "1.0.0" is not an object'],
  ] as const)("malformed metadata: %s", async ([, a, reason], { expect }) => {
    const error = await failure(expect, createProject({ a }));
    expect([error.code, error.message]).toEqual([
      "ERR_PACKUMENT_INVALID",
      `The packument of "a" is not valid: ${reason}`,
    ]);
  });

  it.for([
    ["another package's", packument("b", { "1.0.0": {} })],
    ["a version filed under another", packument("a", { "1.0.0": { version: "6.6.6" } })],
    ["a version of another package", packument("a", { "1.0.0": { name: "b" } })],
  ] as const)("lying metadata: %s; the error says that neither is to be trusted", async ([, a], { expect }) => {
    const error = await failure(expect, createProject({ a: json(a) }));
    expect(error.code).toBe("ERR_PACKUMENT_INVALID");
    expect(error.hint).toMatch(/^trust neither: .* ask another registry or mirror/);
  });

  it("a package called __proto__ is refused where it is asked for; constructor is a name as any", async ({
    expect,
  }) => {
    const asked = JSON.parse('{ "dependencies": { "__proto__": "^1.0.0" } }') as Manifest;
    const error = await failure(expect, createProject({}, asked));
    expect([error.code, error.details.package]).toEqual(["ERR_INVALID_RANGE", "__proto__"]);
    const a = `{ "name": "a", "versions": { "1.0.0": { "name": "a", "version": "1.0.0", "dependencies": { "__proto__": "1" } } } }`;
    expect((await failure(expect, createProject({ a }))).message).toContain('"__proto__" is not a package name');
    const constructor = json(packument("constructor", { "1.0.0": {} }));
    const { verbs } = createProject({ constructor }, { dependencies: { constructor: "1" } });
    expect((await verbs.install()).added).toEqual(["constructor@1.0.0"]);
  });

  it("an archive on another server is not believed: the lock has the registry's own place", async ({ expect }) => {
    const dist = { integrity: sri("a@1.0.0"), tarball: "https://elsewhere.example/files/a.tgz" };
    const { verbs, files } = createProject({ a: json(packument("a", { "1.0.0": { dist } })) });
    const { lock } = await verbs.install();
    expect(lock.packages["a@1.0.0"]).toMatchObject({ source: { kind: "registry", registry: "npm" } });
    expect(files.snapshot()["raya.lock"]).not.toContain("elsewhere");
  });

  it("a lock edited by hand is refused with its line and what to do, and stays as it is", async ({ expect }) => {
    const good = createProject({ a: json(packument("a", { "1.0.0": {} })) });
    await good.verbs.install();
    const text = good.files.snapshot()["raya.lock"] ?? "";
    const edits: readonly (readonly [string | RegExp, string, string])[] = [
      ['id = "a@1.0.0"', 'id = "a@1.0.1"', "which is not in it"],
      [/integrity = ".*"/, 'integrity = "sha512-x"', "no hash that can be checked"],
      ["version = 2", "version = two", "it is not TOML"],
      ["[[package]]", "<<<<<<< mine\n[[package]]", "merge conflict"],
    ];
    for (const [from, to, reason] of edits) {
      const edited = createProject({}, PROJECT, text.replace(from, to));
      const error = await failure(expect, edited);
      expect([error.code, error.message]).toEqual(["ERR_LOCKFILE_INVALID", expect.stringContaining(reason)]);
      expect(error.details.line).toEqual(expect.any(Number));
      expect(error.hint).toContain("take the lockfile from where it was made");
    }
  });

  const twoVersions = json(packument("a", { "1.0.0": {}, "2.0.0": {} }));
  /** A lock of `a`, and the same with another version of it and that one's integrity. */
  const editConsistently = async (dependencies: Manifest): Promise<[string, string]> => {
    const made = createProject({ a: twoVersions }, { dependencies });
    await made.verbs.install();
    const text = made.files.snapshot()["raya.lock"] ?? "";
    const edited = text.replaceAll("a@1.0.0", "a@2.0.0").replace('"1.0.0"', '"2.0.0"');
    return [text, edited.replace(sri("a@1.0.0"), sri("a@2.0.0"))];
  };

  it.for([
    ["a range", { a: "^1.0.0" }, '"a" is locked to a@2.0.0, which is not in ^1.0.0'],
    ["an alias", { b: "npm:a@1" }, '"b" is locked to a@2.0.0, which is not in npm:a@1'],
  ] as const)(
    "R71: a lock edited into a version that %s does not have: frozen refuses, install says so",
    async ([, dependencies, says], { expect }) => {
      const [text, edited] = await editConsistently(dependencies);
      const project = createProject({ a: twoVersions }, { dependencies }, edited);
      const error = await failure(expect, project, () => project.verbs.install({ frozen: true }));
      expect([error.code, error.message]).toEqual(["ERR_LOCKFILE_STALE", expect.stringContaining("+ package a@1.0.0")]);
      const { notices } = await project.verbs.install();
      expect(notices).toEqual([{ kind: "lock-unmet", subject: "a@2.0.0", message: expect.stringContaining(says) }]);
      expect(project.files.snapshot()["raya.lock"]).toBe(text);
    },
  );

  it("what an override decides is in no range, and stays", async ({ expect }) => {
    const manifest = { dependencies: { a: "^1.0.0" }, resolutions: { a: "2.0.0" } };
    const { verbs } = createProject({ a: twoVersions }, manifest);
    expect((await verbs.install()).added).toEqual(["a@2.0.0"]);
    expect(await verbs.install({ frozen: true })).toMatchObject({ notices: [], written: {} });
  });

  it("P11: a version that a package of the lock does not ask for is found when all is asked again", async ({
    expect,
  }) => {
    const b = json(packument("b", { "1.0.0": { dependencies: { a: "^1" } } }));
    const manifest = { dependencies: { b: "1" } };
    const made = createProject({ a: twoVersions, b }, manifest);
    await made.verbs.install();
    const text = made.files.snapshot()["raya.lock"] ?? "";
    const edited = text.replaceAll("a@1.0.0", "a@2.0.0").replace(/(name = "a"\nversion = )"1.0.0"/, '$1"2.0.0"');
    const lock = edited.replace(sri("a@1.0.0"), sri("a@2.0.0"));
    const project = createProject({ a: twoVersions, b }, manifest, lock);
    const error = await failure(expect, project, () => project.verbs.install({ frozen: true, force: true }));
    expect([error.code, error.message]).toEqual(["ERR_LOCKFILE_STALE", expect.stringContaining("+ package a@1.0.0")]);
    await project.verbs.install({ force: true });
    expect(project.files.snapshot()["raya.lock"]).toBe(text);
  });

  it("a lock whose integrity is not the registry's: both are shown, and which to trust, and how", async ({
    expect,
  }) => {
    const a = json(packument("a", { "1.0.0": {} }));
    const b = json(packument("b", { "1.0.0": {} }));
    const good = createProject({ a });
    await good.verbs.install();
    const lock = (good.files.snapshot()["raya.lock"] ?? "").replace(sri("a@1.0.0"), sri("edited"));
    const project = createProject({ a, b }, PROJECT, lock);
    const error = await failure(expect, project, () => project.verbs.add(["b"]));
    expect(error.code).toBe("ERR_INTEGRITY_MISMATCH");
    expect(error.details).toMatchObject({ package: "a@1.0.0", expected: sri("edited"), actual: sri("a@1.0.0") });
    expect(error.hint).toMatch(/^trust the lockfile.*unless its line was edited.*update "a" by name$/);
  });
});
