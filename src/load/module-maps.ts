import type { PackageMaps } from "../artifact/package-maps.ts";
import { type CodeMap, composeMap } from "../compile/code-map.ts";
import { mapCode } from "../compile/trace-code.ts";
import { isLoaderError } from "../errors.ts";
import type { Emit } from "../events.ts";
import type { GraphModule } from "../link/module-graph.ts";

/** What finding out where modules come from needs. */
export interface ModuleMapsContext {
  /** Prefix of module URLs. */
  readonly base: string;
  readonly emit: Emit;
  /** The source maps of the package `key`, which has been loaded. */
  readPackageMaps(key: string): Promise<PackageMaps>;
}

/** Where the code of a program's modules comes from, for source maps of its images. */
export class ModuleMaps {
  readonly #context: ModuleMapsContext;
  readonly #packages = new Map<string, PackageMaps | undefined>();

  constructor(context: ModuleMapsContext) {
    this.#context = context;
  }

  /** Gets ready to tell about these modules. */
  async load(modules: Iterable<GraphModule>): Promise<void> {
    const keys = new Set<string>();
    for (const { owner } of modules)
      if (owner.kind === "package" && !this.#packages.has(owner.key)) keys.add(owner.key);
    await Promise.all([...keys].map(async (key) => this.#packages.set(key, await this.#read(key))));
  }

  /** A program runs without them, so it does without those that are out of reach. */
  async #read(key: string): Promise<PackageMaps | undefined> {
    try {
      return await this.#context.readPackageMaps(key);
    } catch (error) {
      if (!isLoaderError(error) || error.stage !== "fetch") throw error;
      this.#context.emit({ stage: "fetch", kind: "warning", subject: key, message: error.message });
      return undefined;
    }
  }

  /** Undefined where the module's own file is all that is known. */
  of({ owner, path, url, source, bytes, shownAs, record }: GraphModule): CodeMap | undefined {
    if (owner.kind === "package") {
      const map = record.format === "css" ? undefined : this.#packages.get(owner.key)?.get(path);
      return map && composeMap(map, (from) => addressOf(from, `${this.#context.base}${owner.key}/`));
    }
    if (source === undefined || bytes === undefined) return undefined;
    return mapCode({ path, bytes, type: "module", shownAs }, url, owner.kind === "project" ? source : null);
  }
}

/** The address of a path in a package, below that of the package; of a URL itself. */
function addressOf(source: string, folder: string): string {
  return /^[a-z][a-z\d+.-]*:/i.test(source) ? source : folder + encodeURI(source).replace(/[?#]/g, encodeURIComponent);
}
