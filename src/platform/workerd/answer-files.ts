import type { IsolateFile } from "./isolate-program.ts";

/**
 * Puts itself in front of `fetch`: files of the program are answered here, everything else goes out as usual. Reaches
 * isolates as text, so it uses nothing from outside of itself.
 */
export function answerFiles(base: string, readFile: (url: string) => IsolateFile | undefined): void {
  const nativeFetch = globalThis.fetch;
  const home = `${base}project/`;
  // What looks for its files asks where it is, as scripts of browsers' workers do.
  if (!("location" in globalThis)) Object.defineProperty(globalThis, "location", { value: new URL(home) });
  const fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const url = input instanceof Request ? input.url : new URL(String(input), home).href;
    if (!url.startsWith(base)) return nativeFetch(input, init);
    const file = readFile(url);
    if (file === undefined) return new Response(`"${url}" is not part of the program`, { status: 404 });
    const { bytes, type } = file;
    return new Response(bytes, { headers: { "content-type": type, "content-length": String(bytes.byteLength) } });
  };
  Object.defineProperty(globalThis, "fetch", { value: fetch, writable: true, configurable: true });
}
