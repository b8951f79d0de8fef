export * from "../../index.ts";
export * from "./client.ts";
export { createCompileWorkers, serveCompile } from "./compile-workers.ts";
export { createBrowserHost } from "./host.ts";
export { createIndexedDbProjectFiles } from "./indexeddb-project-files.ts";
