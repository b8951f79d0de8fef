import { encode } from "@jridgewell/sourcemap-codec";
import { ImageMappings, type MapOf } from "./image-mappings.ts";
import type { ImageText } from "./image-text.ts";

/** A source map (ECMA-426) of an image, as a comment for its end. Sources are named by their modules' URLs. */
export function sourceMapComment(url: string, text: string, image: ImageText, mapOf: MapOf): string {
  const { lines, sources, sourcesContent, names } = new ImageMappings(text, image.segments(), mapOf);
  const map = JSON.stringify({ version: 3, file: url, sources, sourcesContent, names, mappings: encode(lines) });
  return `//# sourceMappingURL=data:application/json;base64,${btoa(asciiJson(map))}`;
}

/** The same JSON without any character that base64 of bytes would need an encoding for. */
function asciiJson(json: string): string {
  return json.replace(/[\u0080-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
