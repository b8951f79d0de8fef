import { fileURLToPath } from "node:url";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { findBrowser } from "../../scripts/browser.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const { executablePath, env } = await findBrowser();
const launchOptions = env === undefined ? { executablePath } : { executablePath, env: { ...process.env, ...env } };

const test = {
  include: ["test/determinism/*.test.ts"],
  globalSetup: "test/determinism/reference-server.ts",
  // An archive may have to come from the registry first, and large ones are compiled for a while.
  testTimeout: 300_000,
};

/**
 * `vitest run --config test/determinism/vitest.config.ts`: compiles packages in Node, workerd and Chromium and compares
 * each with `expected.json`. With ALL=1 all of them, else a few.
 */
export default defineConfig({
  root,
  test: {
    projects: [
      { root, test: { name: "node", ...test } },
      {
        root,
        plugins: [cloudflareTest({ miniflare: { compatibilityDate: "2026-10-01" } })],
        test: { name: "workerd", ...test },
      },
      {
        root,
        test: {
          name: "chromium",
          ...test,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
    ],
  },
});
