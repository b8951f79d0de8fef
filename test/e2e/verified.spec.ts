import { expect } from "playwright/test";
import { sri } from "../fixtures/registry-server/made-up-package.ts";
import { readObjects, type StoredObject } from "./object-store.ts";
import { clearHttpCache, PlaygroundPage } from "./playground-page.ts";
import { test } from "./playground-test.ts";

// One wrong byte, wherever it is, and nothing of it runs.

const RAN = { "index.js": `console.log("the package ran"); module.exports = "good";` };

function expectSound(objects: StoredObject[]): void {
  expect(objects.filter(({ key, digest }) => !key.includes(digest))).toEqual([]);
}

test("R16 R105: a byte flipped at the upstream: nothing runs, nothing is kept, and a good answer heals it", async ({
  playground,
  registry,
}) => {
  const { archive } = await registry.publish({ name: "e2e-flipped", files: RAN });
  const path = "npm/e2e-flipped/-/e2e-flipped-1.0.0.tgz";
  const program = `import value from "e2e-flipped"; console.log("value", value);`;
  registry.misbehave(path, { kind: "flip" });
  await playground.open();

  const text = await playground.runToError("ERR_INTEGRITY_MISMATCH", program);
  const flipped = archive.slice();
  const middle = flipped.length >> 1;
  flipped[middle] = (flipped[middle] ?? 0) ^ 1;
  expect(text).toContain("e2e-flipped@1.0.0");
  expect(text).toContain(sri(archive));
  expect(text).toContain(sri(flipped));
  await expect(playground.console()).toHaveCount(0);
  const objects = await readObjects(playground.page);
  expectSound(objects);
  expect(objects.map(({ size }) => size)).not.toContain(flipped.length);

  registry.behave();
  const asked = registry.requests(path).length;
  await playground.runToEnd();
  await expect(playground.console()).toContainText(["the package ran", "value good"]);
  expect(registry.requests(path)).toHaveLength(asked + 1);
});

test("R16 R105: a registry that lies about the integrity of an archive is not believed", async ({
  playground,
  registry,
}) => {
  const promised = sri(new TextEncoder().encode("something else"));
  await registry.publish({ name: "e2e-lie", files: RAN, dist: { integrity: promised } });
  await playground.open();
  const text = await playground.runToError("ERR_INTEGRITY_MISMATCH", `import "e2e-lie";`);
  expect(text).toContain("e2e-lie@1.0.0");
  expect(text).toContain(promised);
  await expect(playground.console()).toHaveCount(0);
});

test("R105: an old package that has only a SHA-1 is checked against it", async ({ playground, registry }) => {
  await registry.publish({ name: "e2e-sha1", files: RAN, dist: { integrity: undefined } });
  await registry.publish({ name: "e2e-sha1-lie", files: RAN, dist: { integrity: undefined, shasum: "0".repeat(40) } });
  await playground.open();
  await playground.runToEnd(`import "e2e-sha1";`);
  await expect(playground.console()).toContainText("the package ran");
  await playground.runToError("ERR_INTEGRITY_MISMATCH", `import "e2e-sha1-lie";`);
});

test("R16: a lockfile that pins another archive is kept to, whatever the registry says", async ({
  playground,
  registry,
}) => {
  const { archive } = await registry.publish({ name: "e2e-repinned", files: RAN });
  const program = `import value from "e2e-repinned"; console.log("value", value);`;
  await playground.open();
  await playground.runToEnd(program);
  const lockfile = await playground.lockfile();
  const other = sri(new TextEncoder().encode("another build"));
  expect(lockfile).toContain(sri(archive));

  await playground.page.evaluate(() =>
    indexedDB.databases().then((all) => all.map(({ name }) => indexedDB.deleteDatabase(name ?? ""))),
  );
  await playground.open();
  await playground.setProject(program);
  await playground.setLockfile(lockfile?.replaceAll(sri(archive), other) ?? null);
  const text = await playground.runToError("ERR_INTEGRITY_MISMATCH");
  expect(text).toContain(other);
  await expect(playground.console()).toHaveCount(0);
});

test("R105: bytes flipped in the browser's store are thrown away and fetched again", async ({
  playground,
  registry,
}) => {
  await registry.publish({ name: "e2e-heals", files: RAN });
  const program = `import value from "e2e-heals"; console.log("value", value);`;
  await playground.open();
  await playground.runToEnd(program);
  const before = await readObjects(playground.page);
  expect(before.length).toBeGreaterThan(0);
  expectSound(before);
  await readObjects(playground.page, true);

  await playground.open();
  await playground.setProject(program);
  // What is asked is what was asked before: nothing that was stored then is left unread.
  await playground.setLockfile(null);
  await playground.runToEnd();
  await expect(playground.console()).toContainText(["the package ran", "value good"]);
  const used = await playground.packages();
  expect(used.map(({ source }) => source)).not.toContain("browser");
  const after = await readObjects(playground.page);
  expect(after.map(({ key }) => key)).toEqual(expect.arrayContaining(before.map(({ key }) => key)));
  expectSound(after);
});

test("R9 R105: bytes flipped in the browser's store, and no network: nothing runs, both digests are named", async ({
  page,
  registry,
  startOwnEdge,
}) => {
  await registry.publish({ name: "e2e-rotten", files: RAN });
  const edge = await startOwnEdge();
  const playground = new PlaygroundPage(page, edge.url);
  await playground.openInstalled();
  await playground.runToEnd(`import value from "e2e-rotten"; console.log("value", value);`);
  const flipped = await readObjects(page, true);
  await edge.stop();
  await clearHttpCache(page);

  await playground.open();
  const text = await playground.runToError(
    "ERR_STORE_CORRUPT",
    `import value from "e2e-rotten"; console.log("value", value);`,
  );
  expect(text).toContain("e2e-rotten@1.0.0");
  expect(flipped.filter(({ key, digest }) => text.includes(key) && text.includes(digest))).not.toEqual([]);
  await expect(playground.console()).toHaveCount(0);
});
