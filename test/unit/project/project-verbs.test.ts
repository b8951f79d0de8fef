import { describe, it } from "vitest";
import { readLock } from "../../../src/lock/read-lock.ts";
import type { ProjectFiles } from "../../../src/project/project-files.ts";
import { packageInfo } from "../../../src/project/package-info.ts";
import { ProjectVerbs } from "../../../src/project/project-verbs.ts";
import { createProject, errorOf, json, NOW, sri, type World } from "./virtual-project.ts";

const world: World = {
  "a@1.0.0": { dependencies: { b: "^1" } },
  "b@1.0.0": {},
  "b@1.1.0": {},
  "c@1.0.0": { dependencies: { b: "~1.0.0" } },
  "c@2.0.0": {},
};
const versions = (lock: { packages: object }): string[] => Object.keys(lock.packages);

describe("init (L16, L17, L18)", () => {
  it("writes the minimal manifest", async ({ expect }) => {
    const { files, verbs } = createProject({}, {});
    await verbs.init({ name: "my-project", language: ["lumina", "./src/main.lm"] });
    expect(files.snapshot()).toEqual({
      "package.json":
        '{\n  "name": "my-project",\n  "version": "0.1.0",\n  "lumina": "./src/main.lm",\n  "dependencies": {}\n}\n',
    });
  });

  it("does not touch a project that is there", async ({ expect }) => {
    const { verbs } = createProject({}, { "raya.toml": '[package]\nname = "x"\n' });
    expect((await errorOf(verbs.init({ name: "y" }))).code).toBe("ERR_PROJECT_EXISTS");
  });
});

describe("install (R51, R58, L2, L3, L6, L51, P2, P91, P92, P51 to P53, P58)", () => {
  it("writes a lock, says what was added, and asks nobody again while it answers everything", async ({ expect }) => {
    const { files, verbs, asked } = createProject(world, {
      "package.json": { name: "app", dependencies: { a: "^1" } },
    });
    const { added, removed, updated, wanted } = await verbs.install();
    expect({ added, removed, updated, wanted }).toEqual({
      added: ["a@1.0.0", "b@1.1.0"],
      removed: [],
      updated: [],
      wanted: ["a@1.0.0", "b@1.1.0"],
    });
    expect(versions(readLock(files.snapshot()["raya.lock"] ?? ""))).toEqual(["a@1.0.0", "b@1.1.0"]);
    expect(Object.keys(files.snapshot()), "R57: there is no node_modules").toEqual(["package.json", "raya.lock"]);
    const questions = asked.length;
    const again = await verbs.install();
    expect(asked).toHaveLength(questions);
    expect(again.written).toEqual({});
  });

  it("R71: stays with what is locked, though there is something newer; R72: update takes it", async ({ expect }) => {
    const project = createProject(world, { "package.json": { dependencies: { a: "*" } } });
    await project.verbs.install();
    project.publish({ "b@1.2.0": {}, "a@1.5.0": { dependencies: { b: "^1" } } });
    expect((await project.verbs.add(["c"])).added).toEqual(["c@2.0.0"]);
    expect((await project.verbs.update(["b"])).updated).toEqual([{ name: "b", from: ["b@1.1.0"], to: ["b@1.2.0"] }]);
    expect((await project.verbs.update()).updated).toEqual([{ name: "a", from: ["a@1.0.0"], to: ["a@1.5.0"] }]);
    expect((await errorOf(project.verbs.update(["nobody"]))).code).toBe("ERR_DEPENDENCY_NOT_FOUND");
  });

  it("R71: what a tag meant stays until it is updated", async ({ expect }) => {
    const project = createProject(world, { "package.json": { dependencies: { b: "latest" } } });
    await project.verbs.install();
    project.publish({ "b@1.2.0": {} });
    expect(versions((await project.verbs.add(["c"])).lock)).toEqual(["b@1.1.0", "c@2.0.0"]);
    expect(versions((await project.verbs.update(["b"])).lock)).toEqual(["b@1.2.0", "c@2.0.0"]);
  });

  it("P6, L7: frozen says what would change and changes nothing", async ({ expect }) => {
    const { files, verbs } = createProject(world, { "package.json": { dependencies: { a: "^1" } } });
    const before = files.snapshot();
    const error = await errorOf(verbs.install({ frozen: true }));
    expect(error.code).toBe("ERR_LOCKFILE_STALE");
    expect(error.message).toContain("+ package a@1.0.0");
    expect(files.snapshot()).toEqual(before);
    await verbs.install();
    expect((await verbs.install({ frozen: true })).written).toEqual({});
  });

  it("P11 P13 P14: another registry, the width of the queue and force are handed to who opens the registry", async ({
    expect,
  }) => {
    const { files, registry } = createProject(world, { "package.json": { dependencies: { a: "^1" } } });
    const opened: unknown[] = [];
    const verbs = new ProjectVerbs({
      files,
      registry: (settings) => (opened.push(settings), registry),
      now: () => NOW,
    });
    await verbs.install({ registry: "https://other.example/", concurrency: 3, force: true });
    expect(opened).toEqual([{ registry: "https://other.example/", concurrency: 3, force: true }]);
  });

  it("P12: a dry run plans and writes nothing", async ({ expect }) => {
    const { files, verbs } = createProject(world, { "package.json": {} });
    const { added, written } = await verbs.add(["a"], { dryRun: true });
    expect(added).toEqual(["a@1.0.0", "b@1.1.0"]);
    expect(Object.keys(written)).toEqual(["package.json", "raya.lock"]);
    expect(files.snapshot()).toEqual({ "package.json": "{}\n" });
  });

  it("P8: without saving, what is added is in the answer alone", async ({ expect }) => {
    const { files, verbs } = createProject(world, { "package.json": { dependencies: { b: "^1" } } });
    await verbs.install();
    const before = files.snapshot();
    const { added, wanted, written } = await verbs.add(["c"], { save: false });
    expect([added, wanted.includes("c@2.0.0"), written]).toEqual([["c@2.0.0"], true, {}]);
    expect(files.snapshot()).toEqual(before);
  });

  it("P3 to P5, P85: the lock has everything, what is wanted depends", async ({ expect }) => {
    const optional: World = {
      ...world,
      "mac@1.0.0": { os: ["darwin"] },
      "d@1.0.0": { optionalDependencies: { mac: "1" } },
    };
    const manifest = { dependencies: { d: "1" }, devDependencies: { c: "2" } };
    const { verbs } = createProject(optional, { "package.json": manifest });
    const all = await verbs.install();
    expect(all.wanted).toEqual(["c@2.0.0", "d@1.0.0", "mac@1.0.0"]);
    expect((await verbs.install({ production: true })).wanted).toEqual(["d@1.0.0", "mac@1.0.0"]);
    expect((await verbs.install({ dev: false })).wanted).toEqual(["d@1.0.0", "mac@1.0.0"]);
    expect((await verbs.install({ optional: false })).wanted).toEqual(["c@2.0.0", "d@1.0.0"]);
    const here = await verbs.install({ platform: { os: "linux", cpu: "x64" } });
    expect(here.wanted).toEqual(["c@2.0.0", "d@1.0.0"]);
    expect(here.lock).toEqual(all.lock);
  });

  it("keeps what the lock had learnt, and takes what nobody needs out", async ({ expect }) => {
    const { files, verbs } = createProject(world, { "package.json": { dependencies: { a: "1", c: "1" } } });
    await verbs.install();
    const checksum = `sha256:${"ab".repeat(32)}`;
    const text = (files.snapshot()["raya.lock"] ?? "").replace(
      /(name = "a"\nversion = "1.0.0"\n)/,
      `$1checksum = "${checksum}"\nfromTheFuture = 1\n`,
    );
    await files.commit(new Map(), new Map([["raya.lock", text]]));
    const { lock, removed } = await verbs.remove(["c"]);
    expect(removed).toEqual(["c@1.0.0"]);
    expect(lock.packages["a@1.0.0"]).toMatchObject({ checksum, extra: { fromTheFuture: 1 } });
  });

  it("refuses a registry whose integrity is not the lock's, and says which to trust", async ({ expect }) => {
    const project = createProject(world, { "package.json": { dependencies: { b: "^1" } } });
    await project.verbs.install();
    project.publish({ "b@1.1.0": { dist: { integrity: sri("something else") } } });
    const error = await errorOf(project.verbs.add(["c"]));
    expect(error.code).toBe("ERR_INTEGRITY_MISMATCH");
    expect(error.details).toMatchObject({
      package: "b@1.1.0",
      expected: sri("b@1.1.0"),
      actual: sri("something else"),
    });
    expect(error.hint).toContain("trust the lockfile");
    expect((await project.verbs.update(["b"])).lock.packages["b@1.1.0"]?.integrity).toBe(sri("something else"));
  });
});

describe("add (R52 to R55, P9, P17, P18, L9 to L13)", () => {
  const start = '{\n  "name": "app",\n  "dependencies": {}\n}\n';
  const add = async (argument: string, options = {}): Promise<unknown> => {
    const { files, verbs } = createProject({ ...world, "b@2.0.0-rc.1": {} }, { "package.json": start });
    await verbs.add([argument], options);
    const {
      name: _name,
      dependencies,
      ...others
    } = JSON.parse(files.snapshot()["package.json"] ?? "") as Record<string, object>;
    return Object.keys(dependencies ?? {}).length > 0 ? dependencies : others;
  };

  it.for([
    ["b", {}, { b: "^1.1.0" }],
    ["b@1.0.0", {}, { b: "1.0.0" }],
    ["b@~1.0", {}, { b: "~1.0" }],
    ["b@next", {}, { b: "^2.0.0-rc.1" }],
    ["b@^1", { exact: true }, { b: "1.1.0" }],
    ["old@npm:b@^1.0.0", {}, { old: "npm:b@^1.0.0" }],
    ["b@1.0.0", { alias: "old" }, { old: "npm:b@1.0.0" }],
    ["b", { saveAs: "dev" }, { devDependencies: { b: "^1.1.0" } }],
    ["b", { saveAs: "optional" }, { optionalDependencies: { b: "^1.1.0" } }],
    ["b@1", { saveAs: "peer" }, { peerDependencies: { b: "1" } }],
  ] as const)("%s %o", async ([argument, options, saved], { expect }) => {
    expect(await add(argument, options)).toEqual(saved);
  });

  it("R55, P64: an archive at a URL, under the name that it has itself", async ({ expect }) => {
    const url = "https://files.example/thing-1.2.3.tgz";
    const thing = { name: "thing", version: "1.2.3", dist: { integrity: sri("thing") } };
    const { files, verbs } = createProject({}, { "package.json": start }, { remote: { [url]: thing } });
    const { lock } = await verbs.add([url]);
    expect(lock.packages["thing@1.2.3"]?.source).toEqual({ kind: "url", url });
    expect(files.snapshot()["package.json"]).toBe(start.replace("{}", `{\n    "thing": "${url}"\n  }`));
  });

  it("moves a dependency that is there as another kind", async ({ expect }) => {
    const { files, verbs } = createProject(world, { "package.json": { devDependencies: { b: "^1", c: "^1" } } });
    await verbs.add(["b@^1.1"]);
    expect(JSON.parse(files.snapshot()["package.json"] ?? "")).toEqual({
      devDependencies: { c: "^1" },
      dependencies: { b: "^1.1" },
    });
  });

  it("takes the version of now, whatever is locked for others", async ({ expect }) => {
    const { verbs, publish } = createProject(world, { "package.json": { dependencies: { a: "1" } } });
    await verbs.install();
    publish({ "b@1.2.0": {} });
    expect((await verbs.add(["b"])).updated).toEqual([{ name: "b", from: ["b@1.1.0"], to: ["b@1.2.0"] }]);
  });

  it("P39, R130: into a workspace, which may have another one", async ({ expect }) => {
    const { files, verbs } = createProject(world, {
      "package.json": { name: "root", workspaces: ["packages/*"] },
      "packages/ui/package.json": { name: "ui", version: "1.2.0" },
      "packages/app/package.json": { name: "app", version: "1.0.0" },
    });
    const { lock } = await verbs.add(["ui", "b"], { workspace: "app" });
    expect(JSON.parse(files.snapshot()["packages/app/package.json"] ?? "")).toMatchObject({
      dependencies: { ui: "^1.2.0", b: "^1.1.0" },
    });
    expect(lock.packages["ui@1.2.0"]?.source).toEqual({ kind: "workspace", path: "packages/ui" });
    expect(Object.keys(lock.importers)).toEqual([".", "packages/app", "packages/ui"]);
    expect((await verbs.install()).written).toEqual({});
    expect((await errorOf(verbs.add(["b"], { workspace: "nope" }))).code).toBe("ERR_DEPENDENCY_NOT_FOUND");
  });
});

describe("remove (P19, R123, L14)", () => {
  it("edits the manifest and the lock", async ({ expect }) => {
    const { files, verbs } = createProject(world, { "package.json": { dependencies: { a: "1", c: "2" } } });
    await verbs.install();
    expect((await verbs.remove(["a"])).removed).toEqual(["a@1.0.0", "b@1.1.0"]);
    expect(files.snapshot()["package.json"]).toBe(json({ dependencies: { c: "2" } }));
    expect((await errorOf(verbs.remove(["a"]))).message).toBe('The project does not depend on "a"');
  });
});

describe("raya.toml (R29, R31, R32, R73, R80, R81)", () => {
  const manifest = `[package]
name = "app"
version = "1.0.0"

[dependencies]
a = "^1" # the one
shared = { path = "libs/shared" }

[dev-dependencies]
c = "^1"

[resolution.override]
b = "1.0.0"
`;
  const files = { "raya.toml": manifest, "libs/shared/raya.toml": '[package]\nname = "shared"\nversion = "0.2.0"\n' };

  it("is a manifest as any other, and edits keep its comments", async ({ expect }) => {
    const project = createProject(world, files);
    const { lock } = await project.verbs.add(["c@^2"]);
    expect(versions(lock)).toEqual(["a@1.0.0", "b@1.0.0", "c@2.0.0", "shared@0.2.0"]);
    expect(lock.overrides).toEqual({ b: "1.0.0" });
    expect(project.files.snapshot()["raya.toml"]).toBe(
      manifest.replace('c = "^1"\n', "").replace("# the one\n", '# the one\nc = "^2"\n'),
    );
  });

  it("R80 R82: strict conflicts fail", async ({ expect }) => {
    const strict = manifest.replace('[resolution.override]\nb = "1.0.0"', '[resolution]\nconflict-strategy = "strict"');
    const { verbs } = createProject(
      { ...world, "c@1.5.0": { dependencies: { b: "1.0.0" } }, "a@1.1.0": { dependencies: { b: "1.1.0" } } },
      { ...files, "raya.toml": strict },
    );
    expect((await errorOf(verbs.install())).code).toBe("ERR_VERSION_CONFLICT");
  });

  it("R74: a path without a manifest is an error; what is wrong is told with its line", async ({ expect }) => {
    const { verbs } = createProject(world, { "raya.toml": manifest });
    expect((await errorOf(verbs.install())).code).toBe("ERR_INVALID_LOCAL_PACKAGE");
    const broken = createProject(world, { "raya.toml": `${manifest}x = \n` });
    expect((await errorOf(broken.verbs.install())).details).toMatchObject({ file: "raya.toml", line: 14 });
  });
});

describe("two writers at once", () => {
  it("lose nothing", async ({ expect }) => {
    const many: World = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`p${index}@1.0.0`, {}]));
    const { files, verbs } = createProject(many, { "package.json": { name: "app" } });
    await Promise.all(Object.keys(many).map((one) => verbs.add([one])));
    const { dependencies } = JSON.parse(files.snapshot()["package.json"] ?? "") as { dependencies: object };
    expect(Object.keys(dependencies)).toEqual(Object.keys(many).map((one) => one.slice(0, 2)));
    expect(versions(readLock(files.snapshot()["raya.lock"] ?? ""))).toEqual(Object.keys(many));
  });

  it("give up with an error where nobody ever gets a turn", async ({ expect }) => {
    const files: ProjectFiles = {
      list: async () => [],
      read: async (path) => (path === "package.json" ? { text: "{}", version: "1" } : undefined),
      commit: async () => false,
    };
    const registry = { bases: [], packument: async () => ({ name: "b", "dist-tags": {}, versions: {} }) };
    const verbs = new ProjectVerbs({ files, registry: () => registry, now: () => NOW });
    expect(await errorOf(verbs.install())).toMatchObject({ code: "ERR_PROJECT_CHANGED", retryable: true });
  });
});

describe("what a project has", () => {
  const files = { "package.json": { dependencies: { a: "1", c: "^1" }, devDependencies: { b: "~1.0.0" } } };

  it("list (L15)", async ({ expect }) => {
    const { verbs } = createProject(world, files);
    await verbs.install();
    expect((await verbs.list()).map(({ kind, name, range, id }) => [kind, name, range, id])).toEqual([
      ["dependencies", "a", "1", "a@1.0.0"],
      ["dependencies", "c", "^1", "c@1.0.0"],
      ["devDependencies", "b", "~1.0.0", "b@1.0.0"],
    ]);
  });

  it.for([
    [[], ["@acme/icons", "@acme/ui", "docs"]],
    [["@acme/*", "!*icons"], ["@acme/ui"]],
    [["./packages/**"], ["@acme/icons", "@acme/ui"]],
    [["!./packages/ui"], ["@acme/icons", "docs"]],
    [["ui"], []],
  ] as const)("P48 P50: workspaces %j", async ([filters, names], { expect }) => {
    const { verbs } = createProject(world, {
      "package.json": { workspaces: ["packages/*", "docs"] },
      "packages/ui/package.json": { name: "@acme/ui", version: "1.2.0", dependencies: { b: "^1" } },
      "packages/icons/package.json": { name: "@acme/icons" },
      "docs/package.json": {},
      "other/package.json": { name: "other" },
    });
    const found = await verbs.workspaces(filters);
    expect(found.map(({ name }) => name)).toEqual(names);
    const ui = { name: "@acme/ui", path: "packages/ui", version: "1.2.0", dependencies: { b: "^1" } };
    expect(found.find(({ name }) => name === ui.name) ?? ui, "P49").toEqual(ui);
  });

  it.for([
    ["b", "1.1.0"],
    ["b@~1.0", "1.0.0"],
    ["b@next", "2.0.0"],
    ["old@npm:b@1.0.0", "1.0.0"],
  ] as const)("M66 M67 M76 P44: info of %s is what the registry has of %s", async ([argument, version], { expect }) => {
    const { registry, publish } = createProject(world, {});
    publish({ "b@2.0.0": { deprecated: "use c", dependencies: { c: "1" } } });
    const metadata = await registry.packument("b", "");
    const tagged = { ...metadata, "dist-tags": { latest: "1.1.0", next: "2.0.0" } };
    const info = await packageInfo(argument, { packument: async () => tagged }, { now: NOW });
    expect(info).toEqual({
      manifest: metadata.versions[version],
      tags: tagged["dist-tags"],
      versions: ["2.0.0", "1.1.0", "1.0.0"],
    });
  });

  it("info of what is not there, or of no registry, is an error", async ({ expect }) => {
    const { registry } = createProject(world, {});
    expect((await errorOf(packageInfo("nobody", registry, { now: NOW }))).code).toBe("ERR_PACKAGE_NOT_FOUND");
    expect((await errorOf(packageInfo("b@^9", registry, { now: NOW }))).code).toBe("ERR_VERSION_NOT_FOUND");
    expect((await errorOf(packageInfo("./x", registry, { now: NOW }))).code).toBe("ERR_UNSUPPORTED_DEPENDENCY");
  });

  it("outdated", async ({ expect }) => {
    const { verbs, publish } = createProject(world, files);
    await verbs.install();
    publish({ "b@1.0.5": {}, "b@1.3.0": {} });
    const found = (await verbs.outdated()).map(({ name, current, wanted, latest }) => [name, current, wanted, latest]);
    expect(found).toEqual([
      ["c", "1.0.0", "1.0.0", "2.0.0"],
      ["b", "1.0.0", "1.0.5", "1.3.0"],
    ]);
  });

  it("why: the way from the project, and all who ask", async ({ expect }) => {
    const { verbs } = createProject(world, files);
    await verbs.install();
    const [b] = await verbs.why("b");
    expect(b?.id).toBe("b@1.0.0");
    expect(b?.chains).toEqual([[{ from: ".", kind: "devDependencies", range: "~1.0.0", to: "b@1.0.0" }]]);
    expect(b?.requesters.map(({ from }) => from)).toEqual([".", "a@1.0.0", "c@1.0.0"]);
    expect((await errorOf(verbs.why("nobody"))).code).toBe("ERR_DEPENDENCY_NOT_FOUND");
  });

  it("P16: audit tells of faults and of what was given up, with the way there", async ({ expect }) => {
    const advisory = { id: 7, title: "Reads too much", severity: "high", vulnerable: "<1.0.5" };
    const advisories = { b: [advisory], c: [{ ...advisory, vulnerable: ">=2" }] };
    const old: World = { ...world, "c@1.0.0": { dependencies: { b: "~1.0.0" }, deprecated: "use d" } };
    const { verbs } = createProject(old, { "package.json": { dependencies: { c: "^1" } } }, { advisories });
    await verbs.install();
    expect(await verbs.audit()).toEqual([
      {
        kind: "advisory",
        subject: "b@1.0.0",
        message: "Reads too much (high; <1.0.5)",
        chains: [". → c@1.0.0 → b@1.0.0"],
        advisory,
      },
      { kind: "deprecated", subject: "c@1.0.0", message: "use d", chains: [". → c@1.0.0"] },
    ]);
  });

  it("R61 R69: audit tells of several majors and of ranges that any version is in", async ({ expect }) => {
    const majors: World = { ...world, "old@1.0.0": { dependencies: { c: "^1" } } };
    const manifest = { dependencies: { old: "*", c: "^2" }, devDependencies: { b: "*" } };
    const { verbs } = createProject(majors, { "package.json": manifest });
    await verbs.install();
    expect(await verbs.audit()).toEqual([
      {
        kind: "several-majors",
        subject: "c",
        message: '"c" is there in several majors: c@1.0.0, c@2.0.0',
        chains: [". → old@1.0.0 → c@1.0.0", ". → c@2.0.0"],
      },
      {
        kind: "any-version",
        subject: "old@1.0.0",
        message: '"old" is asked for in any version: not for production',
        chains: [". → old@1.0.0"],
      },
    ]);
  });

  it("R79: dedupe lets packages share what is there and brings nothing new", async ({ expect }) => {
    const { files: stored, verbs, publish } = createProject(world, { "package.json": { dependencies: { a: "1" } } });
    await verbs.install();
    await verbs.add(["c@1"]);
    publish({ "b@1.0.9": {} });
    expect(versions((await verbs.dedupe()).lock)).toEqual(["a@1.0.0", "b@1.0.0", "c@1.0.0"]);
    expect(versions(readLock(stored.snapshot()["raya.lock"] ?? ""))).toEqual(["a@1.0.0", "b@1.0.0", "c@1.0.0"]);
  });
});
