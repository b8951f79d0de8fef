import { RECORD_FLAGS } from "../artifact/module-record.ts";
import type { CodeMap } from "../compile/code-map.ts";
import type { ImagePart } from "../run/image.ts";
import { ImagePlaces } from "./image/image-places.ts";
import { sourceMapComment } from "./image/image-source-map.ts";
import { ImageText } from "./image/image-text.ts";
import { ImageLinker } from "./image/image-linker.ts";
import type { GraphModule } from "./module-graph.ts";
import { ModuleLinker } from "./modules/module-linker.ts";

/** Makes what a realm runs. It keeps what has been handed out, so that an `import()` later gets only what is missing. */
export interface Linker {
  /**
   * Takes modules in, together with all that they import; binds every import. All or nothing.
   * @throws LoaderError ERR_EXPORT_NOT_FOUND, ERR_AMBIGUOUS_EXPORT
   */
  add(modules: Iterable<GraphModule>): void;
  /** What is missing for `url`, which has been added; `nodeMode` says how whoever imports it sees CommonJS. */
  link(url: string, nodeMode: boolean): ImagePart;
  /** A text in which places of images have become places of sources; see `RealmServices.locate`. */
  locate(text: string): string;
}

/** Names the linker where images are kept; changes whenever what it makes of the same modules does. */
export const LINKER_ID = "raya-linker-1";

/** How a program is linked: into one image, or module by module. */
export type Linking = "image" | "modules";

export interface LinkerOptions {
  readonly linking: Linking;
  /** `process.env.NODE_ENV`. */
  readonly mode: string;
  /** Prefix of the images' URLs. */
  readonly base: string;
  /** Gives images source maps: where a module's code comes from; undefined where only the lines of its record tell. */
  readonly mapOf?: ((module: GraphModule) => CodeMap | undefined) | undefined;
}

/**
 * The linker for a program. What cannot share a scope with others (a direct `eval` sees every name there is; a module too
 * big to analyse has no relocations) is linked module by module, whatever is asked for.
 */
export function createLinker(modules: Iterable<GraphModule>, options: LinkerOptions): Linker {
  const { linking, mode } = options;
  for (const { record } of modules) {
    const alone = RECORD_FLAGS.directEval | RECORD_FLAGS.whole;
    if (record.format === "esm" && (record.flags & alone) !== 0) return new ModuleLinker(mode);
  }
  return linking === "image" ? createImageLinker(options) : new ModuleLinker(mode);
}

function createImageLinker({ mode, base, mapOf }: LinkerOptions): Linker {
  const linker = new ImageLinker(mode);
  const places = new ImagePlaces();
  let count = 0;
  return {
    add: (modules) => linker.add(modules),
    link: (url, nodeMode) => {
      const { script, code, async, places: progress, needs, wasm } = linker.link(url, { shared: false, nodeMode });
      const entry = `${base}image-${count++}.js`;
      const text = new ImageText();
      text.append(script);
      // In parentheses: engines then compile it at once, and not a second time when it is called.
      text.text(
        `__raya.run("${entry}", (${async ? "async " : ""}(${Object.keys(progress).length === 0 ? "" : "done"}) => {\n"use strict";\n`,
      );
      text.append(code);
      text.text(`}), ${JSON.stringify(progress)}, ${JSON.stringify(needs)});\n//# sourceURL=${entry}`);
      const unmapped = text.toString();
      places.add(entry, unmapped, text);
      const image = mapOf === undefined ? unmapped : `${unmapped}\n${sourceMapComment(entry, unmapped, text, mapOf)}`;
      return { entry, modules: [{ url: entry, kind: "script", code: image }], wasm };
    },
    locate: (text) => places.locate(text),
  };
}
