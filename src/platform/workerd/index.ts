export * from "../../index.ts";
export { createWorkerdHost } from "./host.ts";
export { COMPATIBILITY_DATE, ISOLATE_OPTIONS } from "./isolate-settings.ts";
export { createKvByteStore, createKvRecordStore } from "./kv-store.ts";
export { type GateProps, NetworkGate } from "./network-gate.ts";
export { type RunningProgram, type RunOptions, runProgram } from "./run-program.ts";
