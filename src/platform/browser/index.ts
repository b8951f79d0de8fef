export * from "../../index.ts";
export { createBrowserHost } from "./host.ts";
export {
  type ConsoleEntry,
  type ConsoleValue,
  type FrameOptions,
  type RuntimeError,
  runInFrame,
} from "./sandbox-frame.ts";
