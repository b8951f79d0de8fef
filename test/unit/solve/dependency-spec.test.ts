import { describe, it } from "vitest";
import { resolveDependencySpec } from "../../../src/solve/dependency-spec.ts";

describe("resolveDependencySpec", () => {
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
    expect(resolveDependencySpec("a", text, "libs/a")).toEqual(expected);
  });

  it.for(["file:../../../x", "file:/etc", "~/x", "npm:..", "oops oops!", "catalog:none"])(
    "refuses %s",
    (text, { expect }) => {
      expect(resolveDependencySpec("a", text, "libs/a")).toMatchObject({ kind: "invalid" });
    },
  );

  it("a package of a registry cannot ask for paths or workspaces", ({ expect }) => {
    for (const text of ["file:../x", "./x", "workspace:*"]) {
      expect(resolveDependencySpec("a", text, undefined)).toMatchObject({ kind: "invalid" });
    }
  });
});
