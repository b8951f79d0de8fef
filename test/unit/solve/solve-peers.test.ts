import { describe, it } from "vitest";
import { errorOf, idsOf, solve, type World } from "./registry-world.ts";

describe("solveProject: peers", () => {
  const world: World = {
    "react@17.0.2": {},
    "react@18.3.1": {},
    "react@19.0.0": {},
    "react-dom@17.0.2": { peerDependencies: { react: "17.0.2" } },
    "react-dom@18.3.1": { peerDependencies: { react: "^18.3.1" } },
    "react-dom@19.0.0": { peerDependencies: { react: "^19.0.0" } },
    "ui@1.0.0": { peerDependencies: { react: ">=17" } },
    "ui@2.0.0": { peerDependencies: { react: "^18.0.0" } },
    "maybe@1.0.0": { peerDependencies: { react: ">=17" }, peerDependenciesMeta: { react: { optional: true } } },
    "uses-ui@1.0.0": { dependencies: { ui: "1" } },
    "clash@1.0.0": { peerDependencies: { react: "^17.0.0", ui: "2" } },
    "holder@1.0.0": { dependencies: { clash: "1" } },
    "shell@1.0.0": { dependencies: { "uses-ui": "1" } },
    "plain@1.0.0": {},
    "needs-new@1.0.0": { peerDependencies: { react: "^19.0.0" } },
  };

  it("P81: a peer that nobody has is installed", async ({ expect }) => {
    const { graph } = await solve(world, { dependencies: { ui: "1" } });
    expect(graph.nodes["ui@1.0.0"]?.peerDependencies).toEqual({ react: "react@19.0.0" });
  });

  it("P60: a peer is what the project has, one instance for all", async ({ expect }) => {
    const project = { dependencies: { react: "^18.0.0", "react-dom": "^18.0.0", ui: "1", "uses-ui": "1" } };
    const { graph } = await solve(world, project);
    expect(Object.keys(graph.nodes).filter((id) => id.startsWith("react@"))).toEqual(["react@18.3.1"]);
    expect(graph.nodes["ui@1.0.0"]?.peerDependencies).toEqual({ react: "react@18.3.1" });
  });

  it("P60: peers that are installed suit each other", async ({ expect }) => {
    const both = await idsOf(solve(world, { dependencies: { ui: "1", "react-dom": "18" } }));
    expect(both).toEqual(["react-dom@18.3.1", "react@18.3.1", "ui@1.0.0"]);
  });

  it("P82: what the project asks for must suit its peers; the error names both sides and what there is", async ({
    expect,
  }) => {
    const error = await errorOf(solve(world, { dependencies: { react: "^18.0.0", "react-dom": "^17.0.0" } }));
    expect(error.code).toBe("ERR_VERSION_CONFLICT");
    expect(error.message).toContain('react-dom@17.0.2 needs "react" in 17.0.2 as a peer, the project has react@18.3.1');
    expect(error.message).toContain("the project wants ^18.0.0");
    expect(error.message).toContain("the project → react-dom@17.0.2 wants 17.0.2 (peer)");
    expect(error.message).toContain("19.0.0, 18.3.1, 17.0.2");
  });

  it("P82: two requests of the project whose peers exclude each other fail", async ({ expect }) => {
    const error = await errorOf(solve(world, { dependencies: { ui: "2", "needs-new": "1" } }));
    expect(error.code).toBe("ERR_VERSION_CONFLICT");
    expect(error.message).toContain("^18.0.0");
    expect(error.message).toContain("^19.0.0");
  });

  it("P82: what packages ask of each other is said, not refused, as in npm", async ({ expect }) => {
    const { graph, notices } = await solve(world, { dependencies: { holder: "1" } });
    expect(graph.nodes["ui@2.0.0"]).toBeDefined();
    expect(notices).toEqual([
      {
        kind: "peer-unmet",
        subject: "ui@2.0.0",
        message: 'ui@2.0.0 wants the peer "react" in ^18.0.0, it has 17.0.2',
      },
    ]);
  });

  it("P83: an optional peer is not installed but mentioned, and shared where the project has it", async ({
    expect,
  }) => {
    const without = await solve(world, { dependencies: { maybe: "1" } });
    expect(Object.keys(without.graph.nodes)).toEqual(["maybe@1.0.0"]);
    expect(without.notices).toEqual([
      {
        kind: "optional-peer-missing",
        subject: "maybe@1.0.0",
        message: 'maybe@1.0.0 would use "react" in >=17 if the project had it',
      },
    ]);
    const { graph } = await solve(world, { dependencies: { maybe: "1", react: "17" } });
    expect(graph.nodes["maybe@1.0.0"]?.peerDependencies).toEqual({ react: "react@17.0.2" });
  });

  it("one version with different peers is there once for each", async ({ expect }) => {
    const { graph } = await solve(world, {
      folders: {
        "": { workspaces: ["apps/*"] },
        "apps/new": { name: "new", dependencies: { react: "^19.0.0", ui: "1" } },
        "apps/old": { name: "old", dependencies: { react: "^17.0.0", ui: "1" } },
      },
    });
    const uiOf = (path: string) => graph.nodes[graph.importers[path]?.dependencies?.["ui"]?.id ?? ""];
    expect(uiOf("apps/new")?.peerDependencies).toEqual({ react: "react@19.0.0" });
    expect(uiOf("apps/old")?.peerDependencies).toEqual({ react: "react@17.0.2" });
    expect(Object.keys(graph.nodes)).toEqual([
      "react@17.0.2",
      "react@19.0.0",
      "ui@1.0.0(react@17.0.2)",
      "ui@1.0.0(react@19.0.0)",
    ]);
  });

  it("that holds for what is below too, and only for what differs", async ({ expect }) => {
    const { graph } = await solve(world, {
      folders: {
        "": { workspaces: ["new", "old"] },
        new: { name: "new", dependencies: { react: "^19.0.0", shell: "1" } },
        old: { name: "old", dependencies: { react: "^17.0.0", shell: "1", plain: "1" } },
      },
    });
    expect(Object.keys(graph.nodes)).toContain("shell@1.0.0(react@17.0.2)");
    const follow = (id: string | undefined, ...names: string[]): string | undefined => {
      const [name, ...others] = names;
      const node = graph.nodes[id ?? ""];
      const next = name === undefined ? id : (node?.dependencies?.[name] ?? node?.peerDependencies?.[name]);
      return name === undefined ? id : follow(next, ...others);
    };
    const shellOf = (path: string) => graph.importers[path]?.dependencies?.["shell"]?.id;
    expect(follow(shellOf("old"), "uses-ui", "ui", "react")).toBe("react@17.0.2");
    expect(follow(shellOf("new"), "uses-ui", "ui", "react")).toBe("react@19.0.0");
    expect(graph.nodes["plain@1.0.0"]).toBeDefined();
  });

  it("peers can be left to chance", async ({ expect }) => {
    const project = { dependencies: { react: "^18.0.0", "react-dom": "^17.0.0", "needs-new": "1" } };
    const { graph, notices } = await solve(world, project, { options: { peers: "ignore" } });
    expect(Object.keys(graph.nodes)).toEqual(["needs-new@1.0.0", "react-dom@17.0.2", "react@18.3.1"]);
    expect(notices.map(({ subject }) => subject)).toEqual(["needs-new@1.0.0", "react-dom@17.0.2"]);
    expect(await idsOf(solve(world, { dependencies: { ui: "1" } }, { options: { peers: "ignore" } }))).toEqual([
      "ui@1.0.0",
    ]);
  });

  it("many packages that are all peers of each other are solved", async ({ expect }) => {
    const names = Array.from({ length: 24 }, (_, index) => `m${index}`);
    const mutual: World = Object.fromEntries(
      names.map((name) => [
        `${name}@1.0.0`,
        { peerDependencies: Object.fromEntries(names.filter((other) => other !== name).map((other) => [other, "1"])) },
      ]),
    );
    expect(await idsOf(solve(mutual, { dependencies: { m0: "1", m7: "1" } }))).toHaveLength(24);
  });
});
