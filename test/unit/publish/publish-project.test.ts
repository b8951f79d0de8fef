import { describe, it } from "vitest";
import { LoaderError } from "../../../src/errors.ts";
import { DEFAULT_LIMITS } from "../../../src/limits.ts";
import { createMemoryProjectFiles } from "../../../src/project/project-files.ts";
import type { BuiltPackage } from "../../../src/publish/build-package.ts";
import { publishProject } from "../../../src/publish/publish-project.ts";
import type { PublishedVersion } from "../../../src/publish/registry-answers.ts";

/** A registry that takes everything, and remembers it. */
function createClient(beforeAnswer: (built: BuiltPackage) => void = () => undefined) {
  const sent: BuiltPackage[] = [];
  const publish = async (built: BuiltPackage): Promise<PublishedVersion> => {
    sent.push(built);
    beforeAnswer(built);
    const { name, version, checksum } = built;
    return { name, version, checksum, download_url: "", dependencies: {} };
  };
  return { sent, publish };
}

function createProject(files: Readonly<Record<string, string>>) {
  const memory = createMemoryProjectFiles({ "index.js": "", ...files });
  return { memory, project: { files: memory, limits: DEFAULT_LIMITS } };
}

const JSON_TEXT = '{\n    "name": "lib",\n    "version": "1.0.0"\n}\n';
const TOML_TEXT = '# ours\n[package]\nname = "lib"\nversion = "1.0.0" # now\n';

describe("R102, R103: publishing a project", () => {
  it("publishes the next version and writes it into the manifest, and nothing else of it", async ({ expect }) => {
    for (const [file, text] of [
      ["package.json", JSON_TEXT],
      ["raya.toml", TOML_TEXT],
    ] as const) {
      const { memory, project } = createProject({ [file]: text });
      const client = createClient();
      const { published, written } = await publishProject(project, client, { bump: "minor" });
      expect(published).toMatchObject({ name: "lib", version: "1.1.0" });
      expect(written).toEqual({ [file]: text.replace("1.0.0", "1.1.0") });
      expect(memory.snapshot()).toMatchObject(written);
    }
  });

  it("without a change of version, or dry, writes nothing", async ({ expect }) => {
    const { memory, project } = createProject({ "package.json": JSON_TEXT });
    const client = createClient();
    expect((await publishProject(project, client)).written).toEqual({});
    const { built, published } = await publishProject(project, client, { bump: "major", dryRun: true });
    expect([built.version, published]).toEqual(["2.0.0", undefined]);
    expect(client.sent).toHaveLength(1);
    expect(memory.snapshot()["package.json"]).toBe(JSON_TEXT);
  });

  it("that breaks off sends the very same when it is started again", async ({ expect }) => {
    const { memory, project } = createProject({ "package.json": JSON_TEXT });
    let answers = false;
    const client = createClient(() => {
      if (!answers) throw new LoaderError("ERR_FETCH_FAILED", "the answer was lost");
    });
    await expect(publishProject(project, client, { tag: "beta" })).rejects.toMatchObject({ code: "ERR_FETCH_FAILED" });
    expect(memory.snapshot()["package.json"]).toBe(JSON_TEXT);
    answers = true;
    await publishProject(project, client, { tag: "beta" });
    expect(client.sent.map(({ version }) => version)).toEqual(["1.0.0-beta.1", "1.0.0-beta.1"]);
    expect(new Set(client.sent.map(({ integrity }) => integrity)).size).toBe(1);
    expect(memory.snapshot()["package.json"]).toContain("1.0.0-beta.1");
  });

  it("says so when the manifest was written by others in between", async ({ expect }) => {
    const { memory, project } = createProject({ "package.json": JSON_TEXT });
    const client = createClient(() => {
      void memory.commit(new Map(), new Map([["package.json", JSON_TEXT.replace("lib", "library")]]));
    });
    await expect(publishProject(project, client, { bump: "patch" })).rejects.toMatchObject({
      code: "ERR_PROJECT_CHANGED",
      details: { package: "lib@1.0.1" },
    });
    expect(memory.snapshot()["package.json"]).toContain("library");
  });

  it("takes bytes where a project has other files than texts", async ({ expect }) => {
    const { memory, project } = createProject({ "package.json": JSON_TEXT });
    const client = createClient();
    const picture = new Uint8Array([0, 255, 0]);
    const contents = async () =>
      new Map([
        ["package.json", new TextEncoder().encode(memory.snapshot()["package.json"])],
        ["a.png", picture],
      ]);
    await publishProject({ ...project, contents }, client);
    expect(client.sent[0]?.files).toEqual(["a.png", "package.json"]);
  });
});
