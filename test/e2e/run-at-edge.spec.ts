import { expect } from "playwright/test";
import { test } from "./playground-test.ts";

const APP = `
import { Hono } from "hono@4.13.19";
const app = new Hono();
app.get("/", (c) => c.html("<h1>from the edge</h1><script>document.body.append('ran')</script>"));
export default app;`;

test.describe("Run at the edge", () => {
  test("shows what the program answers, as a page without scripts", async ({ playground }) => {
    await playground.open();
    const button = playground.page.getByTestId("run-edge");
    await playground.setProject("console.log(1)");
    await expect(button).toBeHidden();
    await playground.setProject(APP);
    await button.click();
    await expect(playground.status).toHaveAttribute("data-state", "done", { timeout: 30_000 });
    await expect(playground.frame().locator("h1")).toHaveText("from the edge");
    await expect(playground.frame().locator("body")).not.toContainText("ran");
    await expect(playground.console("info")).toContainText("The edge answered 200");
  });

  test("shows what goes wrong there, with its place", async ({ playground }) => {
    await playground.open();
    await playground.setProject("export default {\n  fetch() {\n    throw new Error('not today');\n  },\n};");
    await playground.page.getByTestId("run-edge").click();
    await expect(playground.error).toContainText("not today", { timeout: 30_000 });
    expect(await playground.error.getAttribute("data-code")).toBe("ERR_EVALUATION_FAILED");
  });
});
