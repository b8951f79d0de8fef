import { defineConfig } from "vitest/config";

// Apart from the unit tests: these look at the packed package, which has to be built first.
export default defineConfig({ test: { include: ["*.test.ts"], testTimeout: 30_000, hookTimeout: 60_000 } });
