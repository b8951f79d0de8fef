import { RECORD_FLAGS } from "../artifact/module-record.ts";
import type { CodeMap } from "../compile/code-map.ts";
import type { ImageModule, ImagePart } from "../run/image.ts";
import { ImagePlaces } from "./image/image-places.ts";
import { sourceMapComment } from "./image/image-source-map.ts";
import { ImageText } from "./image/image-text.ts";
import { ImageLinker, type LinkedImage } from "./image/image-linker.ts";
import { SLOPPY_MODULE_END, sloppyModuleStart } from "./image/sloppy-module.ts";
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
export const LINKER_ID = "raya-linker-4";

/** How a program is linked: into one image, which is a script or native modules, or module by module. */
export type Linking = "image" | "isolate" | "modules";

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
  return linking === "modules" ? new ModuleLinker(mode) : createImageLinker(options);
}

function createImageLinker({ linking, mode, base, mapOf }: LinkerOptions): Linker {
  const linker = new ImageLinker(mode);
  const places = new ImagePlaces();
  let count = 0;
  const finish = (url: string, kind: ImageModule["kind"], text: ImageText): ImageModule => {
    text.text(`\n//# sourceURL=${url}`);
    const unmapped = text.toString();
    places.add(url, unmapped, text);
    const code = mapOf === undefined ? unmapped : `${unmapped}\n${sourceMapComment(url, unmapped, text, mapOf)}`;
    return { url, kind, code };
  };
  return {
    add: (modules) => linker.add(modules),
    link: (url, nodeMode) => {
      const image = linker.link(url, { shared: false, nodeMode });
      const { sloppy, wasm, exports } = image;
      const entry = `${base}image-${count++}.js`;
      const text = new ImageText();
      if (linking === "image" && sloppy !== undefined) text.append(sloppy);
      appendImage(entry, image, text);
      if (linking === "image") return { entry, modules: [finish(entry, "script", text)], wasm, exports };
      const native = finish(entry, "esm", text);
      const modules =
        sloppy === undefined ? [native] : [finish(`${entry}.cjs`, "script", sloppyModule(sloppy)), native];
      return { entry, modules, wasm, exports };
    },
    locate: (text) => places.locate(text),
  };
}

function appendImage(entry: string, { script, code, async, places, needs }: LinkedImage, text: ImageText): void {
  text.append(script);
  // In parentheses: engines then compile it at once, and not a second time when it is called.
  text.text(
    `__raya.run("${entry}", (${async ? "async " : ""}(${Object.keys(places).length === 0 ? "" : "done"}) => {\n"use strict";\n`,
  );
  text.append(code);
  text.text(`}), ${JSON.stringify(places)}, ${JSON.stringify(needs)});`);
}

function sloppyModule(sloppy: ImageText): ImageText {
  const text = new ImageText();
  text.text(sloppyModuleStart(sloppy.toString()));
  text.append(sloppy);
  text.text(SLOPPY_MODULE_END);
  return text;
}
