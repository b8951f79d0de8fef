import type { Position } from "../../compile/code-frame.ts";
import { type SourcePosition, SourcePositions } from "../source-positions.ts";
import { ImageMap } from "./image-map.ts";
import type { ImageText } from "./image-text.ts";

/** A call of a stack: `at name (place)` of V8, `name@place` of the others. */
const CALL = /^\s*at .*:\d+:\d+\)?$|^\S*@\S+:\d+:\d+$/;

/** The places of a realm's images, and what they are in the sources. */
export class ImagePlaces {
  readonly #maps = new Map<string, ImageMap>();
  readonly #sources = new SourcePositions();

  add(url: string, code: string, text: ImageText): void {
    this.#maps.set(url, new ImageMap(code, text));
  }

  /** The source at a place; undefined where it has none, or there is no such image. */
  find(url: string, position: Position): SourcePosition | undefined {
    const place = this.#maps.get(url)?.codeAt(position);
    return place === undefined ? undefined : this.#sources.at(place);
  }

  /** Rewrites places of images that a text names; calls in a stack that no source has are left out. */
  locate(text: string): string {
    if (this.#maps.size === 0) return text;
    const images = new RegExp(`(${[...this.#maps.keys()].map(escapePattern).join("|")}):(\\d+):(\\d+)`, "g");
    const lines: string[] = [];
    for (const line of text.split("\n")) {
      let isFound = true;
      const located = line.replace(images, (place: string, url: string, at: string, column: string) => {
        const found = this.find(url, { line: Number(at), column: Number(column) });
        isFound &&= found !== undefined;
        return found === undefined ? place : `${found.url}:${found.line}:${found.column}`;
      });
      if (isFound || !CALL.test(line)) lines.push(located);
    }
    return lines.join("\n");
  }
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
