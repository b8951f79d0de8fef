import { describe, it } from "vitest";
import { isLoaderError, LoaderError } from "../../../src/errors.ts";
import type { StageEvent } from "../../../src/events.ts";
import type { Packument, VersionManifest } from "../../../src/fetch/registry.ts";
import { ProgramLock, type ProgramLockOptions } from "../../../src/load/program-lock.ts";
import { createHasher } from "../../../src/verify/digest.ts";
import { formatIntegrity } from "../../../src/verify/integrity.ts";
import type { FurtherRequests, PackageRequest } from "../../../src/resolve/package-request.ts";

type Fields = Partial<Omit<VersionManifest, "name" | "version">>;
/** `name@version` → fields of its manifest; the last stable one written is `latest`. */
type World = Record<string, Fields>;

function packumentsOf(world: World): Map<string, Packument> {
  const packuments = new Map<string, Packument>();
  for (const [key, fields] of Object.entries(world)) {
    const at = key.lastIndexOf("@");
    const [name, version] = [key.slice(0, at), key.slice(at + 1)];
    const packument = packuments.get(name) ?? { name, "dist-tags": {}, versions: {} };
    packument.versions[version] = { name, version, dist: { integrity: integrityOf(key) }, ...fields };
    packument["dist-tags"]["latest"] = version;
    packuments.set(name, packument);
  }
  return packuments;
}

function integrityOf(text: string): string {
  const hasher = createHasher("sha512");
  hasher.update(new TextEncoder().encode(text));
  return formatIntegrity("sha512", hasher.digest());
}

function parseRequests(texts: readonly string[]): PackageRequest[] {
  return texts.map((text) => {
    const at = text.lastIndexOf("@");
    return at > 0
      ? { name: text.slice(0, at), range: text.slice(at + 1), referrer: "/main.ts:1:1" }
      : { name: text, range: "*", referrer: "/main.ts:1:1" };
  });
}

interface SolveSettings extends Partial<ProgramLockOptions> {
  readonly lockfile?: string;
  readonly files?: Record<string, string>;
  readonly overrides?: Record<string, string>;
  readonly further?: FurtherRequests;
  readonly order?: "reverse";
  /** Further dist-tags by package. */
  readonly tags?: Record<string, Record<string, string>>;
}

async function solve(world: World, texts: readonly string[], settings: SolveSettings = {}) {
  const { lockfile, files = {}, overrides, further, order, tags = {}, ...options } = settings;
  const packuments = packumentsOf(world);
  for (const [name, given] of Object.entries(tags)) Object.assign(packuments.get(name)?.["dist-tags"] ?? {}, given);
  const events: StageEvent[] = [];
  const asked: string[] = [];
  let turn = 0;
  const packument = async (name: string, referrer: string) => {
    asked.push(name);
    const waits = order === "reverse" ? 20 - turn++ : turn++;
    for (let tick = 0; tick < waits; tick++) await Promise.resolve();
    const found = packuments.get(name);
    if (found === undefined) throw new LoaderError("ERR_PACKAGE_NOT_FOUND", `no ${name}`, { package: name, referrer });
    return found;
  };
  const remote = (source: string) => Promise.reject(new LoaderError("ERR_UNSUPPORTED_DEPENDENCY", `no ${source}`));
  const program = new ProgramLock(
    { files: new Map(Object.entries(files)), lockfile, overrides },
    { emit: (event) => void events.push(event), addressOf: () => "https://registry.test/", packument, remote },
    { now: 0, frozen: false, storedOnly: false, ...options },
  );
  await program.decide(parseRequests(texts), further);
  const { lock } = program;
  return { ...lock, text: program.print(() => undefined), keys: Object.keys(lock.packages).toSorted(), events, asked };
}

/** What a program's lock is like that asks for these. */
async function lockOf(world: World, texts: readonly string[], settings?: SolveSettings): Promise<string> {
  return (await solve(world, texts, settings)).text;
}

async function errorOf(solving: Promise<unknown>): Promise<LoaderError> {
  const error = await solving.catch((thrown: unknown) => thrown);
  if (isLoaderError(error)) return error;
  throw new Error("it was solved");
}

describe("the lock of a program", () => {
  const tree: World = {
    "a@1.0.0": { dependencies: { b: "^1.0.0", c: "^2.0.0" } },
    "b@1.0.0": {},
    "b@1.5.0": { dependencies: { c: "^1.0.0" } },
    "c@1.9.0": {},
    "c@2.0.0": {},
    "c@2.3.0": {},
  };

  it("R59 R60 R78 R82 R116: takes the whole graph, majors side by side, each edge to the version it needs", async ({
    expect,
  }) => {
    const { keys, packages, imports } = await solve(tree, ["a"]);
    expect(keys).toEqual(["a@1.0.0", "b@1.5.0", "c@1.9.0", "c@2.3.0"]);
    expect(packages["a@1.0.0"]?.dependencies).toEqual({ b: "b@1.5.0", c: "c@2.3.0" });
    expect(packages["b@1.5.0"]?.dependencies).toEqual({ c: "c@1.9.0" });
    expect(imports).toEqual({ "a@*": "a@1.0.0" });
  });

  it.for([
    ["R10: a bare name takes latest, which need not be the highest", "p", "2.0.0"],
    ["R65: exact", "p@1.2.0", "1.2.0"],
    ["R66: caret", "p@^1.0.0", "1.2.9"],
    ["R67: tilde", "p@~1.2.0", "1.2.9"],
    ["R68: at least, latest where it fits", "p@>=1.0.0", "2.0.0"],
    ["R70: the highest where latest does not fit", "p@>2.0.0", "2.1.0"],
    ["P59: a tag", "p@beta", "3.0.0-beta.1"],
    ["a prerelease only where the range names one", "p@^3.0.0-beta.0", "3.0.0-beta.1"],
    ["one that is not deprecated", "p@^0.1", "0.1.0"],
  ] as const)("%s", async ([, request, expected], { expect }) => {
    const versions = ["0.1.0", "1.0.0", "1.2.0", "1.2.9", "2.1.0", "3.0.0-beta.1", "2.0.0"];
    const world = { "p@0.1.1": { deprecated: "broken" }, ...Object.fromEntries(versions.map((v) => [`p@${v}`, {}])) };
    const tags = { p: { latest: "2.0.0", beta: "3.0.0-beta.1" } };
    expect((await solve(world, [request], { tags })).keys).toEqual([`p@${expected}`]);
  });

  it("the result does not depend on the order in which answers arrive", async ({ expect }) => {
    const one = await lockOf(tree, ["a", "b", "c@2.0.0"]);
    const other = await lockOf(tree, ["c@2.0.0", "b", "a"], { order: "reverse" });
    expect(other).toBe(one);
  });

  it("R79: one version serves every range that it meets", async ({ expect }) => {
    const world = { "x@1.0.0": { dependencies: { y: "^1.0.0" } }, "y@1.2.0": {}, "y@1.8.0": {} };
    expect((await solve(world, ["x", "y@1.2.0"])).keys).toEqual(["x@1.0.0", "y@1.2.0"]);
  });

  it("requests of one name share a version where one meets them all", async ({ expect }) => {
    const world = { "y@1.2.0": {}, "y@1.8.0": {}, "y@2.0.0": {} };
    expect((await solve(world, ["y", "y@^1", "y@~1.2"])).keys).toEqual(["y@1.2.0"]);
    expect((await solve(world, ["y@^1", "y@^2"])).keys).toEqual(["y@1.8.0", "y@2.0.0"]);
  });

  it("R10: a bare name is the latest although a dependency has an older one, which it keeps", async ({ expect }) => {
    const world = { "zip@1.0.0": { dependencies: { pack: "~1.0.0" } }, "pack@1.0.11": {}, "pack@2.1.0": {} };
    const { imports, packages, text } = await solve(world, ["zip", "pack"]);
    expect(imports["pack@*"]).toBe("pack@2.1.0");
    expect(packages["zip@1.0.0"]?.dependencies).toEqual({ pack: "pack@1.0.11" });
    expect((await solve(world, ["zip", "pack"], { lockfile: text })).text).toBe(text);
  });

  it("a bare name that the lock has already is what it has: there are no two of it", async ({ expect }) => {
    const lockfile = await lockOf({ "dom@19.0.0": { peerDependencies: { core: "^19.0.0" } }, "core@19.0.0": {} }, [
      "dom",
    ]);
    const { imports, asked } = await solve({ "core@19.1.0": {} }, ["dom", "core"], { lockfile });
    expect([imports["core@*"], asked]).toEqual(["core@19.0.0", []]);
  });

  it("a package without a tag called latest is had in its highest version", async ({ expect }) => {
    const { keys } = await solve({ "p@1.0.0": {}, "p@1.2.0": {} }, ["p"], { tags: { p: { latest: "9.0.0" } } });
    expect(keys).toEqual(["p@1.2.0"]);
  });

  it("P81: a peer is the one that is there, and is installed where there is none", async ({ expect }) => {
    const world = { "dom@19.0.0": { peerDependencies: { core: "^19.0.0" } }, "core@19.0.0": {}, "core@19.1.0": {} };
    expect((await solve(world, ["dom", "core@19.0.0"])).packages["dom@19.0.0"]?.peerDependencies).toEqual({
      core: "core@19.0.0",
    });
    expect((await solve(world, ["dom"])).packages["dom@19.0.0"]?.peerDependencies).toEqual({ core: "core@19.1.0" });
  });

  it("a bare import takes the version that the others' peers need", async ({ expect }) => {
    const world = {
      "dom@18.0.0": { peerDependencies: { core: "^18.0.0" } },
      "dom@19.0.0": { peerDependencies: { core: "^19.0.0" } },
      "core@18.0.0": {},
      "core@19.0.0": {},
    };
    expect((await solve(world, ["dom@18", "core"])).imports).toEqual({
      "dom@18": "dom@18.0.0",
      "core@*": "core@18.0.0",
    });
  });

  it("P82: a peer that the project's own choice cannot meet is an error that names both", async ({ expect }) => {
    const world = { "dom@19.0.0": { peerDependencies: { core: "^19.0.0" } }, "core@18.0.0": {}, "core@19.0.0": {} };
    await expect(solve(world, ["dom", "core@18"])).rejects.toMatchObject({
      code: "ERR_VERSION_CONFLICT",
      message: expect.stringMatching(
        /^dom@19.0.0 needs "core" in \^19.0.0 as a peer, the project has core@18.0.0\n +\/main.ts:1:1 → dom@19.0.0/,
      ),
    });
  });

  it("P83: an optional peer is linked where it is there and not missed where it is not", async ({ expect }) => {
    const meta = { peerDependencies: { extra: "^1.0.0" }, peerDependenciesMeta: { extra: { optional: true } } };
    const world = { "lib@1.0.0": meta, "extra@1.0.0": {} };
    expect((await solve(world, ["lib"])).keys).toEqual(["lib@1.0.0"]);
    expect((await solve(world, ["lib", "extra"])).packages["lib@1.0.0"]?.peerDependencies).toEqual({
      extra: "extra@1.0.0",
    });
  });

  it("P81 P82: a peer that a package turns out to import is the project's, and an error where that has another version", async ({
    expect,
  }) => {
    const world = { "lib@1.0.0": {}, "core@18.0.0": {}, "core@19.0.0": {} };
    const peer = (range: string) => [{ owner: "lib@1.0.0", name: "core", range, referrer: "lib@1.0.0/index.js" }];
    const lockfile = await lockOf(world, ["lib", "core@18"]);
    const found = await solve(world, ["lib", "core@18"], { lockfile, further: { peers: peer(">=18") } });
    expect([found.asked, found.packages["lib@1.0.0"]?.peerDependencies]).toEqual([[], { core: "core@18.0.0" }]);
    const other = solve(world, ["lib", "core@18"], { lockfile, further: { peers: peer("^19") } });
    expect(await errorOf(other)).toMatchObject({
      code: "ERR_VERSION_CONFLICT",
      message: 'lib@1.0.0 needs "core" in ^19, the project has 18.0.0',
    });
    const alone = await solve(world, ["lib"], {
      lockfile: await lockOf(world, ["lib"]),
      further: { peers: peer("^18") },
    });
    expect(alone.packages["lib@1.0.0"]?.peerDependencies).toEqual({ core: "core@18.0.0" });
    expect(alone.imports).toEqual({ "lib@*": "lib@1.0.0" });
  });

  it("P84 P85: optional dependencies that do not exist are left out and named, those for other systems are in the lock", async ({
    expect,
  }) => {
    const world = {
      "lib@1.0.0": { optionalDependencies: { native: "1.0.0", gone: "1.0.0", fine: "1.0.0" } },
      "native@1.0.0": { os: ["linux"] },
      "fine@1.0.0": {},
    };
    const { keys, packages, events } = await solve(world, ["lib"]);
    expect(keys).toEqual(["fine@1.0.0", "lib@1.0.0", "native@1.0.0"]);
    expect(packages["native@1.0.0"]?.os).toEqual(["linux"]);
    expect(events).toContainEqual(
      expect.objectContaining({ kind: "warning", message: expect.stringContaining('"gone" in 1.0.0 is left out') }),
    );
  });

  it("what the project asks for and its author has deprecated is told, in the author's words", async ({ expect }) => {
    const world = {
      "lib@1.0.0": { deprecated: "use other", dependencies: { old: "1" } },
      "old@1.0.0": { deprecated: "no" },
    };
    const { events } = await solve(world, ["lib"]);
    const told = events.filter(({ kind }) => kind === "warning").map(({ message }) => message);
    expect(told).toEqual(["lib@1.0.0 is deprecated: use other"]);
  });

  it("P17: an alias is imported by its name and means another package", async ({ expect }) => {
    const world = { "lib@1.0.0": { dependencies: { old: "npm:real@^1.0.0" } }, "real@1.4.0": {} };
    expect((await solve(world, ["lib"])).packages["lib@1.0.0"]?.dependencies).toEqual({ old: "real@1.4.0" });
  });

  it("P86: packages that need each other are solved", async ({ expect }) => {
    const world = { "a@1.0.0": { dependencies: { b: "1.0.0" } }, "b@1.0.0": { dependencies: { a: "1.0.0" } } };
    expect((await solve(world, ["a"])).keys).toEqual(["a@1.0.0", "b@1.0.0"]);
  });

  it("R71: what is locked stays, without asking, although newer versions exist", async ({ expect }) => {
    const lockfile = await lockOf({ "b@1.0.0": {} }, ["b"]);
    const { keys, asked, text } = await solve(tree, ["b"], { lockfile });
    expect(keys).toEqual(["b@1.0.0"]);
    expect(asked).toEqual([]);
    expect(text).toBe(lockfile);
  });

  it("R72: only what is new is solved: nothing is asked about what is locked, and that stays to the letter", async ({
    expect,
  }) => {
    const lockfile = await lockOf({ "a@1.0.0": { dependencies: { c: "^2.0.0" } }, "c@2.0.0": {} }, ["a"]);
    const world = { ...tree, "d@1.0.0": { dependencies: { a: "^1.0.0", c: "^2.0.0" } } };
    const { keys, packages, asked } = await solve(world, ["a", "d"], { lockfile });
    expect(asked).toEqual(["d"]);
    expect(keys).toEqual(["a@1.0.0", "c@2.0.0", "d@1.0.0"]);
    expect(packages["a@1.0.0"]?.dependencies).toEqual({ c: "c@2.0.0" });
    expect(packages["d@1.0.0"]?.dependencies).toEqual({ a: "a@1.0.0", c: "c@2.0.0" });
  });

  it("the registry is asked about a locked package where the version that is locked will not do", async ({
    expect,
  }) => {
    const lockfile = await lockOf({ "c@1.9.0": {} }, ["c"]);
    const { keys, asked, imports } = await solve(tree, ["c", "c@^2"], { lockfile });
    expect(asked).toEqual(["c"]);
    expect(keys).toEqual(["c@1.9.0", "c@2.3.0"]);
    expect(imports).toEqual({ "c@*": "c@1.9.0", "c@^2": "c@2.3.0" });
  });

  it("what the project no longer asks for leaves the lock", async ({ expect }) => {
    const lockfile = await lockOf(tree, ["a", "c@1.9.0"]);
    expect((await solve(tree, ["c@1.9.0"], { lockfile })).keys).toEqual(["c@1.9.0"]);
  });

  it("P60: one version has an instance for each peer that it is used with, and a lock keeps them apart", async ({
    expect,
  }) => {
    const uses = (core: string) => ({ dependencies: { core, plugin: "^1.0.0" } });
    const world = {
      "old@1.0.0": uses("^18.0.0"),
      "new@1.0.0": uses("^19.0.0"),
      "plugin@1.0.0": { peerDependencies: { core: ">=18" } },
      "core@18.0.0": {},
      "core@19.0.0": {},
    };
    const { packages, text } = await solve(world, ["old", "new"]);
    const [older = "", newer = ""] = ["old@1.0.0", "new@1.0.0"].map((id) => packages[id]?.dependencies["plugin"]);
    expect(packages[older]?.peerDependencies).toEqual({ core: "core@18.0.0" });
    expect(packages[newer]?.peerDependencies).toEqual({ core: "core@19.0.0" });
    const next = await solve({ ...world, "more@1.0.0": uses("^18.0.0") }, ["old", "new", "more"], { lockfile: text });
    expect(next.packages["more@1.0.0"]?.dependencies).toEqual({ core: "core@18.0.0", plugin: older });
    expect(next.packages[newer]).toEqual(packages[newer]);
  });

  it("a lock is written in the form that it was given in: JSON stays JSON", async ({ expect }) => {
    const lockfile = JSON.stringify({ version: 2 });
    const { text } = await solve(tree, ["c@1.9.0"], { lockfile });
    expect(JSON.parse(text)).toMatchObject({ version: 2, imports: { "c@1.9.0": "c@1.9.0" } });
    expect((await solve(tree, ["c@1.9.0"], { lockfile: text })).asked).toEqual([]);
  });

  it("a lock of version 1 is read, and stays what it says", async ({ expect }) => {
    const lockfile = [
      "version = 1",
      '[imports]\n"b@^1" = "1.0.0"',
      `[[package]]\nname = "b"\nversion = "1.0.0"\nsource = "registry+npm"\nintegrity = "${integrityOf("b")}"`,
    ].join("\n");
    const { asked, imports, text } = await solve(tree, ["b@^1"], { lockfile });
    expect(asked).toEqual([]);
    expect(imports).toEqual({ "b@^1": "b@1.0.0" });
    expect(text).toContain("version = 2");
  });

  it("a range that nothing meets is an error that names who needs it and what there is", async ({ expect }) => {
    const world = { "lib@1.0.0": { dependencies: { dep: "^9.0.0" } }, "dep@1.0.0": {}, "dep@2.0.0": {} };
    await expect(solve(world, ["lib"])).rejects.toMatchObject({
      code: "ERR_VERSION_NOT_FOUND",
      message: expect.stringContaining("/main.ts:1:1 → lib@1.0.0 wants ^9.0.0"),
      details: { referrer: "/main.ts:1:1 → lib@1.0.0", available: ["2.0.0", "1.0.0"] },
    });
  });

  it("a dependency from a forge is named in a warning, never dropped silently", async ({ expect }) => {
    const { events } = await solve({ "lib@1.0.0": { dependencies: { dep: "github:user/dep" } } }, ["lib"]);
    expect(events).toContainEqual(
      expect.objectContaining({ kind: "warning", message: expect.stringContaining('"dep" of lib@1.0.0') }),
    );
  });
});

describe("a project with manifests", () => {
  const world: World = {
    "core@18.0.0": {},
    "core@19.0.0": {},
    "lib@1.0.0": { dependencies: { core: ">=18" } },
    "tool@1.0.0": {},
    "other@1.0.0": {},
  };
  const manifest = (fields: object): Record<string, string> => ({ "/package.json": JSON.stringify(fields) });

  it("L25: a name alone means what package.json asks for, and the lock says that", async ({ expect }) => {
    const files = manifest({ name: "app", dependencies: { core: "^18" } });
    const { importers, imports, keys } = await solve(world, ["core", "other"], { files });
    expect(importers["."]?.dependencies).toEqual({ core: { range: "^18", id: "core@18.0.0" } });
    expect(imports).toEqual({ "other@*": "other@1.0.0" });
    expect(keys).toEqual(["core@18.0.0", "other@1.0.0"]);
  });

  it("R29: raya.toml is a manifest as good", async ({ expect }) => {
    const files = { "/raya.toml": '[dependencies]\ncore = "^18"\n' };
    expect((await solve(world, ["core"], { files })).keys).toEqual(["core@18.0.0"]);
  });

  it("of development's dependencies only those that are imported are solved", async ({ expect }) => {
    const files = manifest({ devDependencies: { core: "^18", tool: "^1" } });
    const { keys, asked, importers } = await solve(world, ["core"], { files });
    expect([keys, asked]).toEqual([["core@18.0.0"], ["core"]]);
    expect(importers["."]?.devDependencies).toEqual({ core: { range: "^18", id: "core@18.0.0" } });
  });

  it("P17: an alias is imported by its name and means another package", async ({ expect }) => {
    const files = manifest({ dependencies: { old: "npm:core@^18", core: "^19" } });
    const { importers } = await solve(world, ["old", "core"], { files });
    expect(importers["."]?.dependencies).toEqual({
      core: { range: "^19", id: "core@19.0.0" },
      old: { range: "npm:core@^18", id: "core@18.0.0" },
    });
  });

  it.for([
    ["npm's overrides", { overrides: { core: "18.0.0" } }],
    ["yarn's resolutions", { resolutions: { core: "18.0.0" } }],
  ] as const)("R81: %s hold for what the texts import and for what packages need", async ([, fields], { expect }) => {
    const { keys, overrides } = await solve(world, ["core", "lib"], { files: manifest(fields) });
    expect(keys).toEqual(["core@18.0.0", "lib@1.0.0"]);
    expect(overrides).toEqual({ core: "18.0.0" });
  });

  it("R81: an override of the loader does so without a manifest, and what it changes is solved again", async ({
    expect,
  }) => {
    const lockfile = await lockOf(world, ["core", "lib"]);
    const settings = { lockfile, overrides: { core: "18.0.0" } };
    expect((await solve(world, ["core", "lib"], settings)).keys).toEqual(["core@18.0.0", "lib@1.0.0"]);
    const frozen = solve(world, ["core", "lib"], { ...settings, frozen: true });
    expect(await errorOf(frozen)).toMatchObject({ code: "ERR_LOCKFILE_STALE" });
  });

  it.for([
    ["what a manifest asks for", { files: manifest({ dependencies: { core: "^18" } }) }, []],
    ["what a source text asks for", {}, ["core@^18"]],
  ] as const)(
    "R71: %s is chosen anew where the lock was edited into another version; frozen, that is an error",
    async ([, settings, texts], { expect }) => {
      const lockfile = (await lockOf(world, texts, settings)).replaceAll("18.0.0", "19.0.0");
      const { keys, events } = await solve(world, texts, { ...settings, lockfile });
      expect(keys).toEqual(["core@18.0.0"]);
      const message =
        '"core" is locked to core@19.0.0, which is not in ^18: the lockfile has been edited, and it is chosen anew';
      expect(events).toEqual([
        expect.objectContaining({ stage: "resolve", kind: "warning", subject: "core", message }),
      ]);
      expect(await errorOf(solve(world, texts, { ...settings, lockfile, frozen: true }))).toMatchObject({
        code: "ERR_LOCKFILE_STALE",
        message: expect.stringContaining('"core" is locked to core@19.0.0'),
        hint: expect.stringContaining("trust neither"),
      });
    },
  );

  it("what the manifest has given up leaves the lock; frozen, that is an error that names it", async ({ expect }) => {
    const lockfile = await lockOf(world, [], { files: manifest({ dependencies: { core: "^18", tool: "^1" } }) });
    const files = manifest({ dependencies: { core: "^18" } });
    const { keys, asked } = await solve(world, [], { files, lockfile });
    expect([keys, asked]).toEqual([["core@18.0.0"], []]);
    expect(await errorOf(solve(world, [], { files, lockfile, frozen: true }))).toMatchObject({
      code: "ERR_LOCKFILE_STALE",
      message: expect.stringContaining("tool@^1"),
    });
  });

  it("a lock whose manifests are not at hand keeps what it says of them", async ({ expect }) => {
    const lockfile = await lockOf(world, [], { files: manifest({ dependencies: { core: "^18" } }) });
    const { importers, imports, keys, asked } = await solve(world, ["core", "tool"], { lockfile });
    expect(importers["."]?.dependencies["core"]?.id).toBe("core@18.0.0");
    expect(imports).toEqual({ "tool@*": "tool@1.0.0" });
    expect([keys, asked]).toEqual([["core@18.0.0", "tool@1.0.0"], ["tool"]]);
  });

  it("a manifest that cannot be read is an error with its place", async ({ expect }) => {
    const error = await errorOf(solve(world, [], { files: { "/package.json": "{\n  no" } }));
    expect(error).toMatchObject({ code: "ERR_INVALID_PACKAGE_CONFIG", details: { file: "package.json" } });
  });
});
