import type { Emit } from "../events.ts";
import type { FetchContext } from "../fetch/fetch-bytes.ts";
import { createParallelLimit, type ParallelLimit } from "../fetch/limit-parallel.ts";
import { createRegistry, type Registry } from "../fetch/registry.ts";
import type { Host } from "../host.ts";
import { createLimits, type Limits } from "../limits.ts";
import type { LoaderOptions } from "../loader.ts";
import { type ContentStore, createContentStore } from "../store/content-store.ts";

/** What all loads of one loader share. */
export interface LoadContext {
  readonly host: Host;
  readonly options: LoaderOptions;
  readonly mode: string;
  readonly limits: Limits;
  readonly emit: Emit;
  readonly fetchContext: FetchContext;
  readonly registry: Registry;
  readonly store: ContentStore;
  readonly parallel: ParallelLimit;
}

export function createLoadContext(host: Host, options: LoaderOptions): LoadContext {
  const limits = createLimits(options.limits);
  const emit: Emit = (event) => options.onEvent?.({ ...event, at: host.now() });
  const fetchContext: FetchContext = { host, limits, emit };
  return {
    host,
    options,
    mode: options.mode ?? "production",
    limits,
    emit,
    fetchContext,
    registry: createRegistry(fetchContext, options.registry),
    store: createContentStore({ bytes: host.bytes, records: host.records, now: () => host.now(), emit }),
    parallel: createParallelLimit(limits.parallelFetches),
  };
}
