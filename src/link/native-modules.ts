import { type ErrorDetails, LoaderError } from "../errors.ts";
import { namePattern } from "../resolve/name-pattern.ts";
import { packageNameOf } from "../resolve/package-request.ts";
import type { UrlSource } from "./link-context.ts";
import type { ModuleOwner, ModuleReference } from "./module-graph.ts";

/** A module that a host gives its programs: they import it as `native:name` (R33). */
export interface NativeModule {
  /** The text of an ES module in JavaScript, or a WebAssembly module. It runs in the program's realm, with what there is. */
  readonly source: string | Uint8Array<ArrayBuffer>;
  /**
   * Who may import it beside the files of the project and other native modules: packages by their name, modules by their
   * URL; `*` stands for any part of one. Default none.
   */
  readonly importers?: readonly string[];
}

/** What every host has. */
const OWN: Readonly<Record<string, NativeModule>> = {
  crypto: {
    source: `const { crypto } = globalThis;
export default crypto;
export const subtle = crypto.subtle;
export const getRandomValues = (array) => crypto.getRandomValues(array);
export const randomUUID = () => crypto.randomUUID();`,
  },
  fetch: {
    source: `export default (input, init) => fetch(input, init);
export const { Headers, Request, Response } = globalThis;`,
  },
};

const SCHEME = "native:";

/** The native modules of a loader. */
export class NativeModules {
  /** By name. */
  readonly all: ReadonlyMap<string, NativeModule>;
  readonly #base: string;

  /** @param base prefix of module URLs, ends with `/` */
  constructor(base: string, given: Readonly<Record<string, NativeModule>> = {}) {
    this.#base = base;
    this.all = new Map(Object.entries({ ...OWN, ...given }));
  }

  /**
   * @throws LoaderError ERR_NATIVE_MODULE_NOT_FOUND; ERR_NATIVE_MODULE_DENIED where `referrer` may not import it
   */
  reference(
    name: string,
    referrer: Pick<ModuleReference, "url" | "owner">,
    details: ErrorDetails,
  ): ModuleReference & { readonly owner: ModuleOwner & { readonly kind: "url" } } {
    const module = this.all.get(name);
    if (module === undefined) {
      const hint = `it has ${[...this.all.keys()].toSorted().join(", ")}`;
      throw new LoaderError("ERR_NATIVE_MODULE_NOT_FOUND", `The host has no native module "${name}"`, {
        ...details,
        hint,
      });
    }
    const importer = this.#importerOf(referrer);
    if (importer !== undefined && !(module.importers ?? []).some((pattern) => namePattern(pattern)(importer))) {
      const message = `"${importer}" may not import the native module "${name}"`;
      const hint = "whoever gives the module to programs says by its importers who may";
      throw new LoaderError("ERR_NATIVE_MODULE_DENIED", message, { ...details, hint });
    }
    return { url: `${this.#base}${SCHEME}${name}`, owner: { kind: "url" }, path: name };
  }

  /** The source at a URL that `reference` has given; undefined for every other. */
  source(url: string): UrlSource | undefined {
    const name = this.nameAt(url);
    const module = name === undefined ? undefined : this.all.get(name);
    if (module === undefined) return undefined;
    const contentType = typeof module.source === "string" ? "text/javascript" : "application/wasm";
    return { url: `${SCHEME}${name}`, bytes: bytesOf(module.source), contentType };
  }

  /** The name of the native module at a URL; undefined for every other. */
  nameAt(url: string): string | undefined {
    const start = this.#base + SCHEME;
    return url.startsWith(start) ? url.slice(start.length) : undefined;
  }

  /** Who asks, if that has to be allowed. */
  #importerOf({ owner, url }: Pick<ModuleReference, "url" | "owner">): string | undefined {
    if (owner.kind === "package") return packageNameOf(owner.key);
    return owner.kind === "url" && this.nameAt(url) === undefined ? url : undefined;
  }
}

function bytesOf(source: NativeModule["source"]): Uint8Array<ArrayBuffer> {
  return typeof source === "string" ? new TextEncoder().encode(source) : source;
}
