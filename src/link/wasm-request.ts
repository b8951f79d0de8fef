import type { ModuleRecord } from "../artifact/module-record.ts";

/** Index of the request for the module that an import of WebAssembly names; -1 where there is none. */
export function wasmRequest({ requests }: ModuleRecord, specifier: string): number {
  return requests.findIndex((request) => request.specifier === specifier);
}
