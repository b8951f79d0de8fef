import { describe, it } from "vitest";
import { parseDependencySpec } from "../../../src/solve/dependency-spec.ts";
import { SemverCache } from "../../../src/solve/semver-cache.ts";

const semver = new SemverCache();

describe("parseDependencySpec", () => {
  it.for([
    ["^1.0.0", { kind: "range", name: "a", range: "^1.0.0" }],
    ["", { kind: "range", name: "a", range: "*" }],
    [" >=1 <2 ", { kind: "range", name: "a", range: ">=1 <2" }],
    ["next", { kind: "tag", name: "a", tag: "next" }],
    ["npm:@s/b@^2", { kind: "range", name: "@s/b", range: "^2" }],
    ["npm:b", { kind: "range", name: "b", range: "*" }],
    ["npm:b@beta", { kind: "tag", name: "b", tag: "beta" }],
    ["file:../x", { kind: "folder", path: "libs/x" }],
    ["link:./y/../z", { kind: "folder", path: "libs/a/z" }],
    ["./z", { kind: "folder", path: "libs/a/z" }],
    ["file:../..", { kind: "folder", path: "" }],
    ["workspace:^1.2.0", { kind: "workspace", name: "a", range: "^1.2.0" }],
    ["workspace:~", { kind: "workspace", name: "a", range: "*" }],
    ["workspace:../x", { kind: "folder", path: "libs/x" }],
    ["github:u/r#v1", { kind: "remote", source: "github:u/r#v1" }],
    ["u/r", { kind: "remote", source: "u/r" }],
    ["git+ssh://git@forge.example/u/r.git", { kind: "remote", source: "git+ssh://git@forge.example/u/r.git" }],
    ["https://cdn.example/a.tgz", { kind: "remote", source: "https://cdn.example/a.tgz" }],
    ["file:./a.tgz", { kind: "remote", source: "file:./a.tgz" }],
  ] as const)("P33 to P41: %s", ([text, expected], { expect }) => {
    expect(parseDependencySpec("a", text, "libs/a", semver)).toEqual(expected);
  });

  it.for(["file:../../../x", "file:/etc", "~/x", "npm:..", "oops oops!", "catalog:none"])(
    "refuses %s",
    (text, { expect }) => {
      expect(parseDependencySpec("a", text, "libs/a", semver)).toMatchObject({ kind: "invalid" });
    },
  );

  it("a package of a registry cannot ask for paths or workspaces", ({ expect }) => {
    for (const text of ["file:../x", "./x", "workspace:*"]) {
      expect(parseDependencySpec("a", text, undefined, semver)).toMatchObject({ kind: "invalid" });
    }
  });
});
