import type { Emit } from "../events.ts";
import type { FetchContext } from "../fetch/fetch-bytes.ts";
import { createParallelLimit, type ParallelLimit } from "../fetch/limit-parallel.ts";
import { createCredentials } from "../fetch/registries/credentials.ts";
import { readRegistries } from "../fetch/registries/read-registries.ts";
import { createRegistry, type Registry } from "../fetch/registry.ts";
import type { Host } from "../host.ts";
import { createLimits, type Limits } from "../limits.ts";
import type { LoaderOptions } from "../loader.ts";
import type { LockedPackage } from "../lock/lock.ts";
import { NativeModules } from "../link/native-modules.ts";
import { IMPORT_MAP_BASE } from "../link/read-specifier.ts";
import { type ImportMap, parseImportMap } from "../resolve/import-map.ts";
import type { LanguageRules } from "../resolve/language-entry.ts";
import { type ContentStore, createContentStore } from "../store/content-store.ts";
import { createUpkeep, type StoreUpkeep } from "./cache/store-upkeep.ts";
import type { LoadedArtifact } from "./load-package.ts";
import { RemoteArchives } from "./remote-archives.ts";
import { createMetadataAhead, type MetadataAhead } from "./metadata-ahead.ts";
import { createMetadataSource, type MetadataSource } from "./metadata-source.ts";
import { DATED_PACKUMENT, KEPT_PACKUMENT, type TimedPackument } from "./load-packument.ts";

/** What all loads of one loader share. */
export interface LoadContext {
  readonly host: Host;
  readonly options: LoaderOptions;
  readonly mode: string;
  readonly limits: Limits;
  readonly emit: Emit;
  readonly fetchContext: FetchContext;
  readonly registry: Registry;
  readonly packuments: MetadataSource<TimedPackument>;
  /** With the times at which versions were published. */
  readonly datedPackuments: MetadataSource<TimedPackument>;
  /** Undefined where the registry is not known to be an edge. */
  readonly metadataAhead: MetadataAhead | undefined;
  readonly remoteArchives: RemoteArchives;
  readonly store: ContentStore;
  /** Undefined where nothing limits the store. */
  readonly upkeep: StoreUpkeep | undefined;
  readonly parallel: ParallelLimit;
  readonly importMap: ImportMap | undefined;
  readonly language: LanguageRules | undefined;
  readonly nativeModules: NativeModules;
  /** Loads packages in place of `loadPackage`. */
  readonly loadArtifact?: (locked: LockedPackage) => Promise<LoadedArtifact>;
}

export function createLoadContext(host: Host, options: LoaderOptions): LoadContext {
  const settings = readRegistries(options.registry, options.registries ?? {});
  const limits = createLimits({ ...settings.limits, ...options.limits });
  const emit: Emit = (event) => options.onEvent?.({ ...event, at: host.now() });
  const fetchContext: FetchContext = { host, limits, emit };
  const registry = createRegistry(fetchContext, options.registry, settings);
  const { bytes, sha256 } = host;
  const upkeep = createUpkeep(host, options, emit);
  const records = upkeep?.watch(host.records) ?? host.records;
  const store = createContentStore({ bytes, records, sha256, now: Date.now, emit });
  const parallel = createParallelLimit(limits.parallelFetches);
  const ports = { registry, store, host, parallel, emit, keep: options.keepMetadata === true };
  return {
    host,
    options,
    mode: options.mode ?? "production",
    limits,
    emit,
    fetchContext,
    registry,
    packuments: createMetadataSource(ports, KEPT_PACKUMENT),
    datedPackuments: createMetadataSource(ports, DATED_PACKUMENT),
    metadataAhead: isEdgesOwn(options, settings.registry)
      ? createMetadataAhead({
          ...ports,
          fetchContext,
          base: options.registry,
          credentials: createCredentials(settings, options.registry),
          addressOf: (name) => registry.addressOf(name),
        })
      : undefined,
    remoteArchives: new RemoteArchives({
      fetchContext,
      parallel,
      proxy: options.urlProxy,
      ownOrigin: new URL(options.base).origin,
    }),
    store,
    upkeep,
    parallel,
    importMap: readImportMap(options.importMap),
    language: options.language && { extensions: LANGUAGE_EXTENSIONS, strict: false, ...options.language },
    nativeModules: new NativeModules(options.base, options.nativeModules),
  };
}

/** Whether the default registry is that of the edge, which answers for whole projects. */
function isEdgesOwn({ edge, registry }: LoaderOptions, configured = registry): boolean {
  return edge !== undefined && registry.startsWith(edge) && configured === registry;
}

/** Endings of what can be compiled as source. */
const LANGUAGE_EXTENSIONS = [".raya", ".ts", ".tsx", ".mts", ".js", ".jsx", ".mjs"];

function readImportMap(map: LoaderOptions["importMap"]): ImportMap | undefined {
  if (map === undefined) return undefined;
  return parseImportMap(typeof map === "string" ? map : JSON.stringify(map), IMPORT_MAP_BASE);
}
