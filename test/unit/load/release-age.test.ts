import { describe, it } from "vitest";
import type { LoaderEvent } from "../../../src/events.ts";
import type { LoaderOptions } from "../../../src/loader.ts";
import { createFakeRegistry, type FakePackage } from "../../fixtures/fake-registry.ts";

const DAY = 24 * 60 * 60 * 1000;
const daysAgo = (days: number): string => new Date(Date.now() - days * DAY).toISOString();
const pack = (version: string): FakePackage => ({
  manifest: { name: "pack", version },
  files: { "index.js": "exports.a = 1;" },
});
const files = { entry: "/main.ts", files: { "/main.ts": 'import "pack";' } };

/** What registries send, short answers and whole ones. */
interface Told {
  readonly short: object;
  readonly whole: object;
}

const time = { "1.0.0": daysAgo(30), "1.1.0": daysAgo(3), "1.2.0": daysAgo(0.1) };
const asNpm = (modified = daysAgo(0)): Told => ({ short: { modified }, whole: { time } });

/** The version that a loader chooses, and how often it asks for the packument. */
async function chosen(options: Partial<LoaderOptions>, told = asNpm(), lockfile?: string) {
  const registry = await createFakeRegistry([pack("1.0.0"), pack("1.1.0"), pack("1.2.0")]);
  const packument = JSON.parse(await (await registry.host.fetch("https://registry.test/pack")).text()) as object;
  const fetch = registry.host.fetch.bind(registry.host);
  let asked = 0;
  registry.host.fetch = async (url, init) => {
    if (!url.endsWith("/pack")) return fetch(url, init);
    asked++;
    const isShort = String(new Headers(init?.headers).get("accept")).includes("install-v1");
    return Response.json({ ...packument, modified: undefined, ...(isShort ? told.short : told.whole) });
  };
  const program = await registry.loader(options).load(files, lockfile === undefined ? {} : { lockfile });
  return { version: program.packages[0]?.version, asked, lockfile: program.lockfile };
}

describe("the age of versions", () => {
  it("is a day at least, unless it is said otherwise, save for packages that are named", async ({ expect }) => {
    expect(await chosen({})).toMatchObject({ version: "1.1.0", asked: 2 });
    expect(await chosen({ minimumReleaseAge: 10 * DAY })).toMatchObject({ version: "1.0.0", asked: 2 });
    expect(await chosen({ minimumReleaseAge: 0 })).toMatchObject({ version: "1.2.0", asked: 1 });
    expect(await chosen({ releaseAgeExceptions: ["pa*"] })).toMatchObject({ version: "1.2.0", asked: 1 });
  });

  it("dates are not asked for where nothing has changed since", async ({ expect }) => {
    expect(await chosen({}, asNpm(daysAgo(2)))).toMatchObject({ version: "1.2.0", asked: 1 });
  });

  it("dates are not asked for where the registry has told them, as an edge does", async ({ expect }) => {
    const told = { short: { modified: daysAgo(0), time }, whole: {} };
    expect(await chosen({}, told)).toMatchObject({ version: "1.1.0", asked: 1 });
  });

  it("where a registry says nothing of dates, versions count as old", async ({ expect }) => {
    expect(await chosen({}, { short: {}, whole: {} })).toMatchObject({ version: "1.2.0", asked: 2 });
  });

  it("of what is locked is of no interest", async ({ expect }) => {
    const { lockfile } = await chosen({ minimumReleaseAge: 0 });
    expect(await chosen({}, asNpm(), lockfile)).toMatchObject({ version: "1.2.0", asked: 0 });
  });

  it("a version that is asked for and too young is an error that says how to have it all the same", async ({
    expect,
  }) => {
    const loading = chosen({ overrides: { pack: "1.2.0" } });
    await expect(loading).rejects.toMatchObject({ code: "ERR_VERSION_NOT_FOUND" });
    await expect(loading).rejects.toHaveProperty("hint", expect.stringContaining("minimum age"));
  });

  it("M77: the decision log says what stood in the way, and afterwards what the lockfile has", async ({ expect }) => {
    const events: string[] = [];
    const onEvent = ({ kind, message = "" }: LoaderEvent) => void (kind === "decision" && events.push(message));
    const { lockfile } = await chosen({ debug: true, onEvent });
    await chosen({ debug: true, onEvent }, asNpm(), lockfile);
    const reason = `"latest" means 1.2.0, and it is the highest below that; 1.2.0 is from ${time["1.2.0"]}, too young`;
    expect(events).toEqual([
      `the project asks for pack@latest and gets pack@1.1.0: ${reason}`,
      "/main.ts:1:8 asks for pack@* and gets pack@1.1.0: it is what the lockfile has",
    ]);
  });

  it("a date holds for the whole graph", async ({ expect }) => {
    expect(await chosen({ before: new Date(Date.now() - 10 * DAY) })).toMatchObject({ version: "1.0.0", asked: 2 });
  });
});
