export * from "../../index.ts";
export { createCompileWorkers, serveCompile } from "./compile-workers.ts";
export { createBrowserHost } from "./host.ts";
export { createIndexedDbProjectFiles } from "./indexeddb-project-files.ts";
export {
  type ConsoleEntry,
  type ConsoleValue,
  type FrameOptions,
  type RuntimeError,
  runInFrame,
} from "./sandbox-frame.ts";
