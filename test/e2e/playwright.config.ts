import { defineConfig } from "playwright/test";
import { findBrowser } from "../../scripts/browser.mjs";

const { executablePath, env } = await findBrowser();

export default defineConfig({
  testDir: ".",
  globalSetup: "./global-setup.ts",
  outputDir: "../../test-results",
  // Each worker has an edge and a browser of its own; a test that has to wait for the network may take its time.
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 30_000 },
  forbidOnly: Boolean(process.env["CI"]),
  use: {
    browserName: "chromium",
    launchOptions: { executablePath, ...(env && { env: { ...processEnvironment(), ...env } }) },
    trace: "retain-on-failure",
  },
});

function processEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
