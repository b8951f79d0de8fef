import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** `vitest run --config test/clients/vitest.config.ts`: npm's real clients through the edge, in local workerd. */
export default defineConfig({
  root: fileURLToPath(new URL("../../", import.meta.url)),
  test: { include: ["test/clients/*.test.ts"], testTimeout: 60_000, hookTimeout: 300_000, fileParallelism: false },
});
