import { COMPILER_ID } from "../../../src/compile/compile-objects.ts";

/** Something that is asked of both registries. */
export interface Resource {
  readonly name: string;
  /** Below Raya's edge. */
  readonly raya: string;
  /** Below Verdaccio; undefined for what it has not. */
  readonly verdaccio?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Least share of Hono's "hello". */
  readonly ofHello?: number;
  /** Least ratio to Verdaccio. */
  readonly ofVerdaccio?: number;
}

const ABBREVIATED = { accept: "application/vnd.npm.install-v1+json" };

function ofNpm(name: string, path: string, more: Omit<Resource, "name" | "raya" | "verdaccio">): Resource {
  return { name, raya: `npm/${path}`, verdaccio: path, ...more };
}

/** What is asked for in turns, warm. */
export const RESOURCES: readonly Resource[] = [
  { name: "artifact, picomatch", raya: `rbin/${COMPILER_ID}/picomatch@4.0.3`, ofHello: 0.4 },
  ofNpm("archive, cookie", "cookie/-/cookie-1.0.2.tgz", { ofHello: 0.4, ofVerdaccio: 1 }),
  ofNpm("archive, react-dom", "react-dom/-/react-dom-19.3.1.tgz", { ofVerdaccio: 1 }),
  ofNpm("metadata, is-number, abbreviated", "is-number", { headers: ABBREVIATED }),
  ofNpm("metadata, react, abbreviated", "react", { headers: ABBREVIATED, ofVerdaccio: 50 }),
  ofNpm("the same, gzip accepted", "react", {
    headers: { ...ABBREVIATED, "accept-encoding": "gzip" },
    ofVerdaccio: 50,
  }),
  ofNpm("metadata, react, whole", "react", { ofVerdaccio: 50 }),
];

/** What is asked for by many at once when nobody has asked before. */
export interface ColdResource extends Resource {
  /** Paths that have to be asked for upstream. */
  readonly upstream: readonly string[];
}

export const COLD_RESOURCES: readonly ColdResource[] = [
  { ...ofNpm("metadata, lodash", "lodash", { headers: ABBREVIATED }), upstream: ["npm/lodash"] },
  {
    ...ofNpm("archive, lodash", "lodash/-/lodash-4.17.21.tgz", {}),
    upstream: ["npm/lodash", "npm/lodash/-/lodash-4.17.21.tgz"],
  },
];
