import { gzipSync } from "node:zlib";

/** A file as it goes out. */
export interface SiteFile {
  readonly type: string;
  /** Gzipped, unless it says otherwise. */
  readonly body: Uint8Array;
  /** Whether `body` goes out as it is, being compressed in itself. Default false. */
  readonly isPacked?: boolean;
}

/** A page with what it loads. */
export interface Site {
  readonly name: string;
  /** By path; `/` is the page. */
  readonly files: ReadonlyMap<string, SiteFile>;
  /** Origin that answers every other path. */
  readonly behind?: string;
}

export function html(head: string): SiteFile {
  const text = `<!doctype html><html><head><meta charset="utf-8"><title>cold</title><link rel="icon" href="data:,">${head}</head><body><div id="root"></div></body></html>`;
  return { type: "text/html; charset=utf-8", body: gzipSync(text, { level: 9 }) };
}

export function script(code: string | Uint8Array): SiteFile {
  return { type: "text/javascript; charset=utf-8", body: gzipSync(code, { level: 9 }) };
}
