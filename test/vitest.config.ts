import { fileURLToPath } from "node:url";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { findBrowser } from "../scripts/browser.mjs";
import { npmRegistry } from "../src/platform/node/npm-registry.ts";

/** Run in every runtime. What needs one of them says so in its name: `kv.workerd.test.ts`. */
const everywhere = ["test/unit/**/*.test.ts", "test/contract/*.test.ts"];
const only = (runtime: string): string => `test/**/*.${runtime}.test.ts`;

/** Looking for a browser may mean unpacking one, so only when it is going to be started. */
async function launchOptions() {
  const { executablePath, env } = await findBrowser();
  return env === undefined ? { executablePath } : { executablePath, env: { ...process.env, ...env } };
}

/** Machines are shared: what takes a second alone may take ten. */
const testTimeout = 30_000;

const root = fileURLToPath(new URL("../", import.meta.url));

export default defineConfig({
  root,
  test: {
    projects: [
      {
        root,
        test: {
          name: "node",
          testTimeout,
          include: [...everywhere, "test/architecture.test.ts", "test/compat/*.test.ts"],
          exclude: [only("workerd"), only("chromium")],
        },
      },
      {
        root,
        plugins: [
          cloudflareTest({
            main: "test/worker/run/host.ts",
            miniflare: {
              compatibilityDate: "2026-10-01",
              kvNamespaces: ["RAYA_KV", "CONTRACT_KV"],
              r2Buckets: ["RAYA_R2"],
              workerLoaders: { LOADER: {} },
              serviceBindings: { ECHO: ({ method, url }: Request) => Response.json(`${method} ${url}`) },
              bindings: { UPSTREAM_REGISTRY: npmRegistry() },
            },
          }),
        ],
        test: {
          name: "workerd",
          testTimeout,
          include: [...everywhere, "test/worker/**/*.test.ts"],
          exclude: [only("node"), only("chromium")],
        },
      },
      {
        root,
        test: {
          name: "chromium",
          testTimeout,
          include: everywhere,
          exclude: [only("node"), only("workerd")],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: await launchOptions() }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
    ],
  },
});
