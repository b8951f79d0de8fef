import type { UrlSource } from "./link-context.ts";

const EXTENSION_BY_TYPE: readonly [RegExp, string][] = [
  [/^(?:text|application)\/(?:x-)?(?:java|ecma)script\b/, ".js"],
  [/^(?:text|application)\/(?:x-)?typescript\b/, ".ts"],
  [/^text\/(?:tsx|jsx)\b/, ".tsx"],
  [/^(?:application|text)\/(?:[\w.-]+\+)?json\b/, ".json"],
  [/^text\/css\b/, ".css"],
  [/^application\/wasm\b/, ".wasm"],
];
/** `.ts` is served as video/mp2t, `.wasm` and others as octet-stream: then the name tells. */
const UNTOLD = /^(?:application\/octet-stream|text\/plain|video\/mp2t|binary\/octet-stream|)(?:;|$)/;

/** A path whose ending says what the module is: by content type, and by the URL's own ending where that tells nothing. */
export function urlModulePath({ url, contentType }: UrlSource): string {
  const path = url.startsWith("data:") ? "/data" : new URL(url).pathname;
  const type = contentType.toLowerCase();
  const known = EXTENSION_BY_TYPE.find(([pattern]) => pattern.test(type))?.[1];
  if (known === undefined || UNTOLD.test(type)) return path;
  // A script type leaves TypeScript and JSX to the URL's ending.
  return known === ".js" && /\.(?:tsx?|jsx|mts|mjs|raya)$/.test(path)
    ? path
    : `${path}${path.endsWith(known) ? "" : known}`;
}
