import type { ErrorDetails } from "../errors.ts";
import type { GraphModule } from "./module-graph.ts";
import { compileChecked } from "./name-conflicts.ts";

/** A file of the project, or a module by URL, as it was read. */
export interface OwnSource {
  /** Decides language and format by its ending. */
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** How messages name it. */
  readonly shownAs: string;
}

/** What compiling makes of one. */
export type OwnModule = Pick<GraphModule, "record" | "conflicts" | "source" | "bytes" | "shownAs">;

/** Compiles the project's files and its modules by URL: each text once, however often a load comes by. */
export class OwnModules {
  readonly #compiled = new Map<string, { readonly of: OwnSource; readonly module: OwnModule }>();

  /**
   * @param url the module's identity
   * @throws LoaderError ERR_SOURCE_PARSE, ERR_UNKNOWN_MODULE_FORMAT
   */
  compile(url: string, file: OwnSource, details: ErrorDetails): OwnModule {
    const known = this.#compiled.get(url);
    if (known !== undefined && isSame(known.of, file)) return known.module;
    const { record, conflicts, bytes } = compileChecked({ ...file, type: "module" }, details);
    const { shownAs } = file;
    const source = record.format === "wasm" ? {} : { source: new TextDecoder().decode(file.bytes) };
    const module = { record, bytes, conflicts, ...source, shownAs };
    this.#compiled.set(url, { of: file, module });
    return module;
  }
}

/** The text of a worker takes the place of another's. */
function isSame(a: OwnSource, b: OwnSource): boolean {
  if (a.bytes === b.bytes) return a.path === b.path;
  return (
    a.path === b.path && a.bytes.length === b.bytes.length && a.bytes.every((byte, index) => byte === b.bytes[index])
  );
}
