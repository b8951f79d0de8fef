export { createLimits, DEFAULT_LIMITS, type Limits } from "./limits.ts";
export {
  ERRORS,
  type ErrorCode,
  type ErrorDetails,
  type ErrorJson,
  formatError,
  isLoaderError,
  LoaderError,
  type Stage,
} from "./errors.ts";
export type { LoaderEvent, LoaderEventKind, Source } from "./events.ts";
export type { RegistryTexts } from "./fetch/registries/read-registries.ts";
export type { Host } from "./host.ts";
export {
  createLoader,
  type Loader,
  type LoaderOptions,
  type LoadOptions,
  type PackageReport,
  type Program,
  type Project,
} from "./loader.ts";
export type { PackageTypes } from "./artifact/package-types.ts";
export type { Asset, Image, ImageModule, ImagePart, Realm, RealmServices } from "./run/image.ts";
export type { ByteStore, RecordStore, StoreRecord } from "./store/byte-store.ts";
export { createMemoryByteStore, createMemoryRecordStore } from "./store/memory-store.ts";
