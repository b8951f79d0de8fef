import { createBuiltinRuntime } from "../../run/builtin-runtime.ts";
import { createLinkedRuntime } from "../../run/linked-runtime.ts";
import { createNodeGlobals } from "../../run/node-globals.ts";
import { createRealmRuntime } from "../../run/realm-runtime.ts";
import { createWasmRuntime } from "../../run/wasm-runtime.ts";
import { createDocumentModules } from "./document-modules.ts";
import { connectToPage } from "./frame-connection.ts";
import { createFrameConsole } from "./frame-console.ts";
import { interceptNetwork } from "./frame-network.ts";
import { FRAME_SCRIPT } from "./frame-reports.ts";
import { runWorker } from "./frame-worker-main.ts";
import { installStorage } from "./frame-storage.ts";
import { interceptWorkers } from "./frame-workers.ts";

/** Functions that frames and their workers get as text: an opaque origin can load nothing from ours. */
export const FRAME_PARTS = {
  createRealmRuntime,
  createLinkedRuntime,
  createWasmRuntime,
  createBuiltinRuntime,
  createNodeGlobals,
  connectToPage,
  createFrameConsole,
  createDocumentModules,
  interceptNetwork,
  installStorage,
  interceptWorkers,
  runWorker,
  scriptOf,
  scriptName: FRAME_SCRIPT,
};

export type FrameParts = typeof FRAME_PARTS;

/** The script that calls `main` with the parts; they may have come as text themselves. */
export function scriptOf(main: (parts: FrameParts) => void, parts: FrameParts): string {
  const members = Object.entries(parts).map(([name, part]) =>
    typeof part === "string" ? `${name}: "${part}"` : `${name}: ${String(part)}`,
  );
  return `(${String(main)})({ ${members.join(", ")} })\n//# sourceURL=${parts.scriptName}`;
}
