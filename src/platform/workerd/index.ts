export * from "../../index.ts";
export { createWorkerdHost } from "./host.ts";
export { createKvByteStore, createKvRecordStore } from "./kv-store.ts";
