import { serveCompile } from "../../../src/platform/browser/compile-workers.ts";

serveCompile();
