import { expect, type Page } from "playwright/test";
import { test } from "./playground-test.ts";

// The page itself: what a visitor does with it, and what it shows.

test.use({ permissions: ["clipboard-read", "clipboard-write"] });

test.beforeEach(({ playground }) => playground.open());

const editor = (page: Page) => page.getByRole("textbox", { name: /^Code of/ });

async function chooseExample(page: Page, id: string): Promise<void> {
  await page.locator("[popovertarget=examples]").click();
  await page.getByTestId("examples").locator(`[data-example=${id}]`).click();
}

const examples: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  "d3-chart": (page) => expect(frame(page).locator("svg path")).toHaveCount(7),
  "react-counter": async (page) => {
    await frame(page).getByRole("button", { name: "One more" }).click();
    await expect(frame(page).locator("output")).toHaveText("1");
  },
  "three-scene": (page) => expect(frame(page).locator("canvas")).toBeVisible(),
  "vue-reactive": async (page) => {
    await frame(page).getByRole("textbox").fill("three small words");
    await expect(frame(page).locator("body")).toContainText("3 words");
  },
  "preact-htm": async (page) => {
    await frame(page).getByRole("button", { name: "Light 0", exact: true }).click();
    await expect(frame(page).locator("[aria-pressed=true]")).toHaveCount(4);
  },
  "zod-validation": (page) => expect(frame(page).locator("body")).toContainText("4 problems"),
  "sql-query": (page) => expect(frame(page).getByRole("row", { name: /Jupiter 4 2634.1/ })).toBeVisible(),
  "wasm-fibonacci": (page) => expect(frame(page).locator("circle")).toHaveCount(32),
  confetti: (page) => expect(frame(page).locator("canvas")).toBeAttached(),
};

function frame(page: Page) {
  return page.getByTestId("frame-host").locator("iframe").contentFrame();
}

for (const [id, see] of Object.entries(examples)) {
  test(`the example ${id} does what it shows`, async ({ page, playground }) => {
    await chooseExample(page, id);
    await page.getByTestId("run").click();
    await expect(playground.status).toHaveAttribute("data-state", "done");
    await see(page);
    await expect(playground.error).toHaveCount(0);
  });
}

test("what is typed runs with Ctrl+Enter, and is there again after a reload", async ({ page, playground }) => {
  await chooseExample(page, "blank");
  await editor(page).press("ControlOrMeta+a");
  await editor(page).fill(`console.log("typed " + 1);`);
  await editor(page).press("ControlOrMeta+Enter");
  await expect(playground.console()).toHaveText("typed 1");
  await page.reload();
  await expect(editor(page)).toContainText("typed ");
});

test("an example keeps its edits while another one is open, and can be brought back", async ({ page }) => {
  await chooseExample(page, "confetti");
  await editor(page).press("ControlOrMeta+a");
  await editor(page).fill("// mine");
  await chooseExample(page, "d3-chart");
  await expect(editor(page)).not.toContainText("// mine");
  await chooseExample(page, "confetti");
  await expect(editor(page)).toContainText("// mine");
  await page.getByRole("button", { name: "Reset" }).click();
  await expect(editor(page)).toContainText("canvas-confetti");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(editor(page)).toContainText("// mine");
});

test("files are added, renamed, deleted and brought back", async ({ page, playground }) => {
  await playground.setProject(`import { part } from "./new.ts"; console.log(part);`);
  const files = page.getByRole("tablist", { name: "Files" });
  await page.getByRole("button", { name: "Add a file" }).click();
  const name = page.getByRole("textbox", { name: "Name of the new file" });
  await name.fill("../outside.ts");
  await name.press("Enter");
  await expect(name).toBeVisible();
  await name.fill("old.ts");
  await name.press("Enter");
  await editor(page).fill(`export const part = "of a second file";`);
  await files.getByRole("tab", { name: "old.ts" }).press("F2");
  const renamed = page.getByRole("textbox", { name: "New name of old.ts" });
  await renamed.fill("new.ts");
  await renamed.press("Enter");
  await page.getByRole("button", { name: "Delete new.ts" }).click();
  await expect(files.getByRole("tab")).toHaveCount(1);
  await page.getByRole("button", { name: "Undo" }).click();
  await playground.runToEnd();
  await expect(playground.console()).toHaveText("of a second file");
});

test("an error leads to its line, in the file it is in", async ({ page, playground }) => {
  await playground.runToError("ERR_SOURCE_PARSE", {
    "/main.ts": `import "./part.ts";`,
    "/part.ts": `const one = 1;\nconst two = = 2;`,
  });
  await page.getByRole("button", { name: /^\/part\.ts:2:/ }).click();
  await expect(page.getByRole("tab", { name: "part.ts" })).toHaveAttribute("aria-selected", "true");
  await expect(page.locator(".cm-problem-line")).toHaveText("const two = = 2;");
  await expect(editor(page)).toBeFocused();
});

test("an error that nobody caught is in the console, with a link to its line", async ({ page, playground }) => {
  await playground.runToEnd({
    "/main.ts": `const button = document.body.appendChild(document.createElement("button"));
button.textContent = "Break";
button.onclick = () => {
  throw new TypeError("clicked");
};`,
  });
  await playground.frame().getByRole("button").click();
  await expect(playground.console("error")).toContainText("clicked");
  await playground
    .console("error")
    .getByRole("button", { name: /main\.ts:4/ })
    .click();
  await expect(page.locator(".cm-problem-line")).toContainText("clicked");
});

test("the console keeps levels apart, opens structured values and counts repetitions", async ({ playground }) => {
  await playground.runToEnd(`
    console.log("value", { deep: { list: [1, 2, 3] } });
    console.warn("careful");
    for (let i = 0; i < 3; i++) console.info("again");
  `);
  await expect(playground.console("warn")).toHaveText("careful");
  await expect(playground.console("info")).toHaveCount(1);
  await expect(playground.console("info")).toContainText("3");
  await playground.console("log").locator("summary").click();
  await expect(playground.console("log").locator("pre")).toContainText("list");
});

test("a program that logs without end does not take the page down", async ({ page, playground }) => {
  await playground.runToEnd(`for (let i = 0; i < 5000; i++) console.log("line", i);`);
  await expect(page.getByTestId("console")).toContainText("line 4999");
  expect(await playground.console().count()).toBeLessThanOrEqual(1000);
});

test("Stop ends a program that never would, and the page goes on", async ({ page, playground }) => {
  await playground.setProject(`export {};\nconsole.log("waiting");\nawait new Promise(() => {});`);
  await page.getByTestId("run").click();
  await expect(playground.console()).toHaveText("waiting");
  await expect(playground.status).toHaveAttribute("data-state", "running");
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(playground.status).toHaveText("Stopped");
  await expect(page.getByTestId("frame-host").locator("iframe")).toHaveCount(0);
  await playground.runToEnd(`console.log("next");`);
  await expect(playground.console()).toHaveText("next");
});

test("Stop ends a load", async ({ page, playground, registry }) => {
  await registry.publish({ name: "e2e-stopped", files: { "index.js": "module.exports = 1" } });
  registry.misbehave("npm/e2e-stopped", { kind: "status", status: 503 });
  await playground.setProject(`import "e2e-stopped";`);
  await page.getByTestId("run").click();
  await expect(playground.status).toHaveAttribute("data-state", "loading");
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(playground.status).toHaveAttribute("data-state", "stopped");
  await expect(playground.error).toHaveCount(0);
});

test("R5: the lockfile is shown, copied, refused when broken, pasted back and dropped", async ({
  page,
  playground,
}) => {
  await playground.runToEnd(`import ms from "ms@2"; console.log(ms("1m"));`);
  await page.getByRole("tab", { name: "Lock" }).click();
  const lockfile = page.getByTestId("lockfile");
  const text = await lockfile.inputValue();
  expect(text).toContain(`"ms@2" = "ms@2.`);
  await page.getByRole("button", { name: "Copy", exact: true }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(text);

  await lockfile.fill('version = 1\n[[package]]\nname = "ms"');
  await page.getByRole("button", { name: "Use this lockfile" }).click();
  await expect(page.getByText(/"ms" has no "source" \(line 2\)/)).toBeVisible();
  expect(await playground.lockfile()).toBe(text);

  await page.getByRole("button", { name: "Clear", exact: true }).click();
  await expect(lockfile).toHaveValue("");
  expect(await playground.lockfile()).toBeNull();
  await lockfile.fill(text);
  await page.getByRole("button", { name: "Use this lockfile" }).click();
  await expect(page.getByText("raya.lock, 1 pinned")).toBeVisible();
  await playground.runToEnd();
  expect(await playground.lockfile()).toBe(text);
});

test("R4: the panel gives the whole SHA-256 when it is clicked, and who brought the package in", async ({
  page,
  playground,
}) => {
  await playground.runToEnd(
    `import { renderToString } from "react-dom@19/server.browser"; console.log(renderToString("x"));`,
  );
  await page.getByRole("tab", { name: /Packages/ }).click();
  const row = page.locator("[data-testid=package-row][data-name=react]");
  await row.getByRole("button", { name: /SHA-256 of react@/ }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toMatch(/^[0-9a-f]{64}$/);
  await expect(row).toHaveAttribute("data-sha256", copied);
  await expect(row).toContainText(/main\.tsx\s*react-dom@19/);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("one view at a time, Run leads to the result, packages are cards, nothing is cut off", async ({
    page,
    playground,
  }) => {
    await expect(editor(page)).toBeVisible();
    await playground.setProject(`import ms from "ms@2"; document.body.append(ms("2 days"));`);
    await page.getByTestId("run").click();
    await expect(playground.frame().locator("body")).toContainText("172800000");
    await expect(editor(page)).toBeHidden();
    await page.getByRole("tab", { name: /Packages/ }).click();
    const card = page.getByTestId("package-row");
    await expect(card).toBeVisible();
    await expect(page.getByRole("columnheader")).toHaveCount(0);
    const box = await card.boundingBox();
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(390);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  });
});
