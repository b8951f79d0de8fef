import { describe, it } from "vitest";
import { createFakeRegistry, type FakePackage } from "../../fixtures/fake-registry.ts";

const pack = (name: string, sideEffects: boolean, code: string, dependencies: string[] = []): FakePackage => ({
  manifest: {
    name,
    version: "1.0.0",
    type: "module",
    main: "index.js",
    sideEffects,
    dependencies: Object.fromEntries(dependencies.map((dependency) => [dependency, "*"])),
  },
  files: { "index.js": code },
});

const PACKAGES = [
  pack("barrel", false, 'export * from "shapes"; export { plug } from "plugin";', ["shapes", "plugin"]),
  pack("outer", false, 'export * from "barrel";', ["barrel"]),
  pack("shapes", false, "export const circle = () => 1, square = () => 2; globalThis.shapes = 1;"),
  pack("plugin", true, 'import { circle } from "shapes"; circle.plugged = true; export const plug = 1;', ["shapes"]),
];

describe("packages without side effects", () => {
  const link = async (code: string): Promise<string> => {
    const registry = await createFakeRegistry(PACKAGES);
    const { image } = await registry.loader().load({ entry: "/main.js", files: { "/main.js": code } });
    return image.modules.map((module) => module.code).join("");
  };

  it("run with what they import for its effects where something is used through them", async ({ expect }) => {
    for (const code of [
      'import { circle } from "barrel"; globalThis.it = circle;',
      'import * as all from "barrel"; globalThis.it = all.circle;',
      'import { circle } from "outer"; globalThis.it = circle;',
      'import { circle } from "outer"; export { circle };',
    ]) {
      const image = await link(code);
      expect(image).toContain("plugged");
      expect(image).toContain("globalThis.shapes");
      expect(image).not.toContain("square = ");
    }
  });

  it("do not run where nothing of them is used", async ({ expect }) => {
    for (const code of ['import "barrel";', 'import { circle } from "outer";', 'import * as all from "barrel";']) {
      const image = await link(code);
      expect(image).not.toContain("plugged");
      expect(image).not.toContain("globalThis.shapes");
    }
  });
});
