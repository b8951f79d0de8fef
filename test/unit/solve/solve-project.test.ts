import { describe, it } from "vitest";
import type { SolveDecision } from "../../../src/solve/decision-log.ts";
import type { ProjectManifest } from "../../../src/solve/project-manifest.ts";
import type { SolveOptions } from "../../../src/solve/solve-project.ts";
import { errorOf, idsOf, NOW, solve, type World } from "./registry-world.ts";

const DAY = 24 * 60 * 60 * 1000;

describe("P90: solveProject: versions", () => {
  const world: World = {
    "a@1.0.0": {},
    "a@1.2.0": {},
    "a@1.2.5": {},
    "a@2.0.0": {},
    "a@2.1.0-beta.1": {},
    "old@1.0.0": {},
    "old@1.1.0": { deprecated: "use new" },
    "b@1.0.0": { dependencies: { a: "^1.0.0" } },
    "c@1.0.0": { dependencies: { a: "~1.2.0" } },
    "d@1.0.0": { dependencies: { a: "1.2.0" } },
    "e@1.0.0": { dependencies: { a: "^2.0.0" } },
  };

  it.for([
    ["R65", "1.0.0", "a@1.0.0"],
    ["R66", "^1.0.0", "a@1.2.5"],
    ["R67", "~1.2.0", "a@1.2.5"],
    ["R68", ">=1.2.1", "a@2.0.0"],
    ["R69", "*", "a@2.0.0"],
    ["R70", "1 || 2", "a@2.0.0"],
  ] as const)("%s: %s is %s", async ([, range, expected], { expect }) => {
    expect(await idsOf(solve(world, { dependencies: { a: range } }))).toEqual([expected]);
  });

  it("takes a prerelease only for a range that names one", async ({ expect }) => {
    expect(await idsOf(solve(world, { dependencies: { a: ">=2.1.0-alpha <3" } }))).toEqual(["a@2.1.0-beta.1"]);
    expect(await idsOf(solve(world, { dependencies: { a: "^1.0.0 || 2.1.0-beta.1" } }))).toEqual(["a@2.1.0-beta.1"]);
    expect(await idsOf(solve(world, { dependencies: { a: "^2.0.0-beta" } }))).toEqual(["a@2.0.0"]);
    const error = await errorOf(solve(world, { dependencies: { a: ">=2.0.1 <3" } }));
    expect(error.code).toBe("ERR_VERSION_NOT_FOUND");
  });

  it("R104: a dist-tag is the version it points to, also beside a higher one in reach", async ({ expect }) => {
    const tags = { a: { latest: "1.2.0", next: "2.1.0-beta.1" } };
    expect(await idsOf(solve(world, { dependencies: { a: "next" } }, { tags }))).toEqual(["a@2.1.0-beta.1"]);
    expect(await idsOf(solve(world, { dependencies: { a: "^1.0.0" } }, { tags }))).toEqual(["a@1.2.0"]);
  });

  it("avoids deprecated versions, and says so where there is no other", async ({ expect }) => {
    const avoided = await solve(world, { dependencies: { old: "^1.0.0" } });
    expect(Object.keys(avoided.graph.nodes)).toEqual(["old@1.0.0"]);
    expect(avoided.notices).toEqual([]);
    const { graph, notices } = await solve(world, { dependencies: { old: "1.1.0" } });
    expect(graph.nodes["old@1.1.0"]?.deprecated).toBe("use new");
    expect(notices).toEqual([
      { kind: "deprecated", subject: "old@1.1.0", message: "old@1.1.0 is deprecated: use new" },
    ]);
  });

  it("R79: ranges of one major share one version", async ({ expect }) => {
    const ids = await idsOf(solve(world, { dependencies: { b: "1", c: "1", d: "1" } }));
    expect(ids).toEqual(["a@1.2.0", "b@1.0.0", "c@1.0.0", "d@1.0.0"]);
  });

  it("R78: majors that no version joins live side by side", async ({ expect }) => {
    const { graph } = await solve(world, { dependencies: { b: "1", e: "1" } });
    expect(graph.nodes["b@1.0.0"]?.dependencies).toEqual({ a: "a@1.2.5" });
    expect(graph.nodes["e@1.0.0"]?.dependencies).toEqual({ a: "a@2.0.0" });
  });

  it("R80: strict conflicts fail on a second version and name both chains", async ({ expect }) => {
    const project = { dependencies: { b: "1", e: "1" } };
    const error = await errorOf(solve(world, project, { options: { conflicts: "strict" } }));
    expect(error.code).toBe("ERR_VERSION_CONFLICT");
    expect(error.message).toContain("1.2.5 because the project → b@1.0.0 wants ^1.0.0");
    expect(error.message).toContain("2.0.0 because the project → e@1.0.0 wants ^2.0.0");
    const one = await idsOf(solve(world, { dependencies: { b: "1", d: "1" } }, { options: { conflicts: "strict" } }));
    expect(one).toContain("a@1.2.0");
  });

  it("R61: what no version meets fails with the chain that asks and the versions that exist", async ({ expect }) => {
    const lost: World = { ...world, "x@1.0.0": { dependencies: { a: "^7.0.0" } } };
    const error = await errorOf(solve(lost, { dependencies: { x: "1" } }));
    expect(error.code).toBe("ERR_VERSION_NOT_FOUND");
    expect(error.details.referrer).toBe("the project → x@1.0.0");
    expect(error.hint).toContain("2.0.0, 1.2.5, 1.2.0, 1.0.0");
  });

  it("a package that is not there fails with its name and all who ask for it", async ({ expect }) => {
    const asking: World = { "x@1.0.0": { dependencies: { nowhere: "^3.0.0" } } };
    const error = await errorOf(solve(asking, { dependencies: { nowhere: "1", x: "1" } }));
    expect(error.code).toBe("ERR_PACKAGE_NOT_FOUND");
    expect(error.details.package).toBe("nowhere");
    expect(error.message).toContain("the project wants 1");
    expect(error.message).toContain("the project → x@1.0.0 wants ^3.0.0");
  });

  it("R117, P86, P87: cycles and packages that depend on themselves are solved and said", async ({ expect }) => {
    const cyclic: World = {
      "p@1.0.0": { dependencies: { q: "1", p: "1" } },
      "q@1.0.0": { dependencies: { p: "1" } },
    };
    const { graph, notices } = await solve(cyclic, { dependencies: { p: "1" } });
    expect(notices).toEqual([{ kind: "cycle", subject: "p@1.0.0", message: "p@1.0.0, q@1.0.0 depend on each other" }]);
    expect(graph.nodes["p@1.0.0"]?.dependencies).toEqual({ p: "p@1.0.0", q: "q@1.0.0" });
    expect(graph.nodes["q@1.0.0"]?.dependencies).toEqual({ p: "p@1.0.0" });
  });

  it("a cycle of versions that cannot share ends", async ({ expect }) => {
    const endless: World = {
      "p@1.0.0": { dependencies: { q: "1" } },
      "p@2.0.0": { dependencies: { q: "2" } },
      "q@1.0.0": { dependencies: { p: "2" } },
      "q@2.0.0": { dependencies: { p: "1" } },
    };
    const ids = await idsOf(solve(endless, { dependencies: { p: "1" } }));
    expect(ids).toEqual(["p@1.0.0", "p@2.0.0", "q@1.0.0", "q@2.0.0"]);
  });

  it("P17: an alias is the package behind it, shared with whoever asks for that by its own name", async ({
    expect,
  }) => {
    const { graph } = await solve(world, { dependencies: { "a-one": "npm:a@^1.0.0", b: "1", a: "2" } });
    expect(graph.importers[""]?.dependencies?.["a-one"]).toEqual({ id: "a@1.2.5", range: "npm:a@^1.0.0" });
    expect(Object.keys(graph.nodes)).toEqual(["a@1.2.5", "a@2.0.0", "b@1.0.0"]);
  });

  it("dependencies that are in the archive are not chosen anew", async ({ expect }) => {
    const bundling: World = {
      ...world,
      "z@1.0.0": { dependencies: { a: "1.0.0", b: "1" }, bundleDependencies: ["a"] },
    };
    const { graph } = await solve(bundling, { dependencies: { z: "1" } });
    expect(graph.nodes["z@1.0.0"]).toMatchObject({ bundled: ["a"], dependencies: { b: "b@1.0.0" } });
    expect(graph.nodes["a@1.0.0"]).toBeUndefined();
  });

  it("says which packages only development needs", async ({ expect }) => {
    const { graph } = await solve(world, { dependencies: { e: "1" }, devDependencies: { b: "1" } });
    const dev = Object.entries(graph.nodes).filter(([, node]) => node.dev === true);
    expect(dev.map(([id]) => id)).toEqual(["a@1.2.5", "b@1.0.0"]);
    expect(graph.importers[""]?.devDependencies).toEqual({ b: { id: "b@1.0.0", range: "1" } });
  });

  it("refuses a version that nothing can be verified against", async ({ expect }) => {
    const error = await errorOf(solve({ "a@1.0.0": { dist: {} } }, { dependencies: { a: "1" } }));
    expect(error.code).toBe("ERR_INTEGRITY_REQUIRED");
  });

  it.for(["__proto__", "../etc", "a b"])("refuses the name %s", async (name, { expect }) => {
    const odd: World = { "x@1.0.0": { dependencies: Object.fromEntries([[name, "1"]]) } };
    const error = await errorOf(solve(odd, { dependencies: { x: "1" } }));
    expect(error.message).toContain(`"${name}" is not a package name`);
  });
});

describe("solveProject: dates", () => {
  const world: World = {
    "a@1.0.0": { published: Date.UTC(2026, 0, 1) },
    "a@1.1.0": { published: Date.UTC(2026, 2, 1) },
    "a@1.2.0": { published: NOW - DAY / 2 },
    "b@1.0.0": { published: Date.UTC(2026, 0, 1), dependencies: { a: "^1.0.0" } },
  };

  it("a version younger than a day is not chosen, unless its package is excepted", async ({ expect }) => {
    const project = { dependencies: { a: "^1.0.0" } };
    expect(await idsOf(solve(world, project))).toEqual(["a@1.1.0"]);
    expect(await idsOf(solve(world, project, { options: { minimumReleaseAge: 0 } }))).toEqual(["a@1.2.0"]);
    for (const exception of ["a", "a*", "*"]) {
      const options = { releaseAgeExceptions: [exception] };
      expect(await idsOf(solve(world, project, { options }))).toEqual(["a@1.2.0"]);
    }
    expect(await idsOf(solve(world, project, { options: { releaseAgeExceptions: ["b", "a-*"] } }))).toEqual([
      "a@1.1.0",
    ]);
  });

  it("a cut-off date holds for the whole graph, exceptions or not", async ({ expect }) => {
    const options = { before: Date.UTC(2026, 1, 1), releaseAgeExceptions: ["a"] };
    expect(await idsOf(solve(world, { dependencies: { b: "1" } }, { options }))).toEqual(["a@1.0.0", "b@1.0.0"]);
  });

  it("a tag whose version is too young means the highest allowed one below it", async ({ expect }) => {
    expect(await idsOf(solve(world, { dependencies: { a: "latest" } }))).toEqual(["a@1.1.0"]);
  });

  it("where only the date stands in the way, the error says so", async ({ expect }) => {
    const error = await errorOf(solve(world, { dependencies: { a: "1.2.0" } }));
    expect(error.code).toBe("ERR_VERSION_NOT_FOUND");
    expect(error.hint).toContain("1.2.0 was published 2026-06-15T00:00:00.000Z".slice(0, 30));
  });
});

describe("solveProject: the decision log (M77)", () => {
  const world: World = {
    "a@1.0.0": {},
    "a@1.1.0": {},
    "a@1.2.0": { published: NOW - DAY / 2 },
    "b@1.0.0": { dependencies: { a: "~1.0.0", c: "*" } },
    "c@1.0.0": {},
    "c@1.1.0": { deprecated: "use d" },
    "c@2.0.0": {},
    "p@1.0.0": { peerDependencies: { c: "*" } },
  };
  const logOf = async (project: ProjectManifest, options: Partial<SolveOptions> = {}): Promise<string[]> => {
    const log: string[] = [];
    const onDecision = ({ from, request, id, because }: SolveDecision) =>
      void log.push(`${from} ${request} → ${id}: ${because}`);
    await solve(world, project, { options: { ...options, onDecision } });
    return log;
  };

  it("has every request with its answer and the reason", async ({ expect }) => {
    expect(await logOf({ dependencies: { a: "^1.0.0", c: "^1.0.0" } })).toEqual([
      "file: a@^1.0.0 → a@1.1.0: it is the highest in ^1.0.0; 1.2.0 is from 2026-06-15T00:00:00.000Z, too young",
      "file: c@^1.0.0 → c@1.0.0: it is the highest in ^1.0.0; 1.1.0 is deprecated",
    ]);
    expect(await logOf({ dependencies: { b: "1", c: "latest", e: "npm:a@1.0.0" } })).toEqual([
      "b@1.0.0 a@~1.0.0 → a@1.0.0: it is the highest in ~1.0.0",
      "b@1.0.0 c@* → c@2.0.0: it is the latest, and in the range",
      "file: b@1 → b@1.0.0: it is the latest, and in the range",
      'file: c@latest → c@2.0.0: it is what "latest" means',
      "file: e@npm:a@1.0.0 → a@1.0.0: it is the one that is asked for",
    ]);
  });

  it("says what others, peers, overrides and a lock have decided", async ({ expect }) => {
    const shared = await logOf({ dependencies: { b: "1", c: "1.0.0", p: "1" }, overrides: { a: "1.1.0" } });
    expect(shared).toEqual([
      "b@1.0.0 a@~1.0.0 → a@1.1.0: an override makes that 1.1.0; it is the one that is asked for",
      "b@1.0.0 c@* → c@1.0.0: it is there for others, so that 2.0.0 is not needed",
      "file: b@1 → b@1.0.0: it is the latest, and in the range",
      "file: c@1.0.0 → c@1.0.0: it is the one that is asked for",
      "file: p@1 → p@1.0.0: it is the latest, and in the range",
      "p@1.0.0 c@* → c@1.0.0: its surroundings have that version",
    ]);
    const preferred = { names: ["a"], versions: () => ["1.0.0"], tagged: () => undefined };
    expect(await logOf({ dependencies: { a: "^1.0.0" } }, { preferred })).toEqual([
      "file: a@^1.0.0 → a@1.0.0: it is what the lock has",
    ]);
  });
});

describe("solveProject: optional dependencies and platforms", () => {
  const world: World = {
    "native@1.0.0": { os: ["darwin"], cpu: ["arm64"] },
    "helper@1.0.0": {},
    "broken@1.0.0": { dependencies: { nowhere: "1", helper: "1" } },
    "tool@1.0.0": { optionalDependencies: { native: "1", broken: "1" } },
    "musl@1.0.0": { os: ["linux"], libc: ["musl"] },
    "not-windows@1.0.0": { os: ["!win32"] },
  };

  it("P61 P84: an optional dependency that cannot be had is left out with all that is there for it, and said", async ({
    expect,
  }) => {
    const { graph, notices } = await solve(world, { dependencies: { tool: "1" } });
    expect(Object.keys(graph.nodes)).toEqual(["native@1.0.0", "tool@1.0.0"]);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatchObject({ kind: "optional-skipped", subject: "the project → tool@1.0.0" });
    expect(notices[0]?.message).toContain('"broken"');
    expect(notices[0]?.message).toContain("ERR_PACKAGE_NOT_FOUND");
  });

  it("P84: but not where something needs it", async ({ expect }) => {
    const error = await errorOf(solve(world, { dependencies: { broken: "1" } }));
    expect(error.code).toBe("ERR_PACKAGE_NOT_FOUND");
  });

  it("P85: the graph covers every platform and keeps os and cpu", async ({ expect }) => {
    const platform = { os: "linux", cpu: "x64", libc: "glibc" };
    const { graph } = await solve(world, { dependencies: { tool: "1" } }, { options: { platform } });
    expect(graph.nodes["native@1.0.0"]).toMatchObject({ os: ["darwin"], cpu: ["arm64"], optional: true });
    expect(graph.nodes["tool@1.0.0"]?.optional).toBeUndefined();
  });

  it("P85: a required package that excludes the platform is an error, with its chain", async ({ expect }) => {
    const project = { devDependencies: { native: "1" } };
    const options = { platform: { os: "linux", cpu: "x64" } };
    const error = await errorOf(solve(world, project, { options }));
    expect(error.code).toBe("ERR_UNSUPPORTED_PLATFORM");
    expect(error.message).toContain("the project → native@1.0.0");
    expect(await idsOf(solve(world, project))).toEqual(["native@1.0.0"]);
  });

  it("P85: lists with ! and libc are understood", async ({ expect }) => {
    const options = { platform: { os: "linux", cpu: "x64", libc: "glibc" } };
    expect(await idsOf(solve(world, { dependencies: { "not-windows": "1" } }, { options }))).toHaveLength(1);
    const error = await errorOf(solve(world, { dependencies: { musl: "1" } }, { options }));
    expect(error.details).toMatchObject({ expected: "musl", actual: "glibc" });
  });
});

describe("solveProject: the same answer", () => {
  const world: World = Object.fromEntries(
    Array.from({ length: 30 }, (_, index) => [
      [`p${index}@1.0.0`, { dependencies: { [`p${(index * 7 + 3) % 30}`]: "^1.0.0", [`p${(index + 1) % 30}`]: "*" } }],
      [`p${index}@2.0.0`, { dependencies: { [`p${(index * 5 + 1) % 30}`]: "*" }, peerDependencies: { p29: ">=1" } }],
    ]).flat(),
  );

  it("comes out byte for byte, whatever order answers arrive in", async ({ expect }) => {
    const project = { dependencies: { p0: "*", p5: "1", p17: "*" } };
    const plain = JSON.stringify(await solve(world, project));
    for (const seed of [3, 11, 29, 53]) {
      const shuffled = await solve(world, project, { delay: (turn) => (turn * seed * 31) % 37 });
      expect(JSON.stringify(shuffled)).toBe(plain);
    }
  });
});
