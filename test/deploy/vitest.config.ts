import { defineConfig } from "vitest/config";

// Apart from the unit tests: these look at the worker as it would be deployed, with the page that has to be built first.
export default defineConfig({ test: { include: ["*.test.ts"], testTimeout: 120_000 } });
