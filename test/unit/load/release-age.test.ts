import { describe, it } from "vitest";
import type { LoaderOptions } from "../../../src/loader.ts";
import { createFakeRegistry, type FakePackage } from "../../fixtures/fake-registry.ts";

const DAY = 24 * 60 * 60 * 1000;
const daysAgo = (days: number): string => new Date(Date.now() - days * DAY).toISOString();
const pack = (version: string): FakePackage => ({
  manifest: { name: "pack", version },
  files: { "index.js": "exports.a = 1;" },
});
const files = { entry: "/main.ts", files: { "/main.ts": 'import "pack";' } };

/** The version that a loader chooses, and how often it asks for the packument. */
async function chosen(options: Partial<LoaderOptions>, modified = daysAgo(0)) {
  const registry = await createFakeRegistry([pack("1.0.0"), pack("1.1.0"), pack("1.2.0")]);
  const whole = JSON.parse(await (await registry.host.fetch("https://registry.test/pack")).text()) as object;
  const time = { "1.0.0": daysAgo(30), "1.1.0": daysAgo(3), "1.2.0": daysAgo(0.1) };
  const fetch = registry.host.fetch.bind(registry.host);
  let asked = 0;
  registry.host.fetch = async (url, init) => {
    if (!url.endsWith("/pack")) return fetch(url, init);
    asked++;
    const isWhole = !String(new Headers(init?.headers).get("accept")).includes("install-v1");
    return Response.json(isWhole ? { ...whole, time } : { ...whole, modified });
  };
  const { packages } = await registry.loader(options).load(files);
  return { version: packages[0]?.version, asked };
}

describe("the age of versions", () => {
  it("does not matter unless it is asked about", async ({ expect }) => {
    expect(await chosen({})).toEqual({ version: "1.2.0", asked: 1 });
  });

  it("a version that is younger than the minimum age is passed over, save for packages that are named", async ({
    expect,
  }) => {
    expect(await chosen({ minimumReleaseAge: DAY })).toEqual({ version: "1.1.0", asked: 2 });
    const releaseAgeExceptions = ["pa*"];
    expect(await chosen({ minimumReleaseAge: DAY, releaseAgeExceptions })).toEqual({ version: "1.2.0", asked: 1 });
  });

  it("dates are not asked for where nothing has changed since", async ({ expect }) => {
    expect(await chosen({ minimumReleaseAge: DAY }, daysAgo(2))).toEqual({ version: "1.2.0", asked: 1 });
  });

  it("a date holds for the whole graph", async ({ expect }) => {
    expect(await chosen({ before: new Date(Date.now() - 10 * DAY) })).toEqual({ version: "1.0.0", asked: 2 });
  });
});
