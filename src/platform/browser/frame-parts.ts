import { createBuiltinRuntime } from "../../run/builtin-runtime.ts";
import { createLinkedRuntime } from "../../run/linked-runtime.ts";
import { createNodeGlobals } from "../../run/node-globals.ts";
import { createRealmRuntime } from "../../run/realm-runtime.ts";
import { createWasmRuntime } from "../../run/wasm-runtime.ts";
import { createFrameConsole } from "./frame-console.ts";
import { interceptNetwork } from "./frame-network.ts";

/** Functions that frames and their workers get as text: an opaque origin can load nothing from ours. */
export const FRAME_PARTS = {
  createRealmRuntime,
  createLinkedRuntime,
  createWasmRuntime,
  createBuiltinRuntime,
  createNodeGlobals,
  createFrameConsole,
  interceptNetwork,
};

export type FrameParts = typeof FRAME_PARTS;
