import { isLoaderError, LoaderError } from "../../src/errors.ts";
import type { Edge } from "../edge.ts";
import { askUpstream } from "../npm/ask-upstream.ts";
import type { PackageSummary } from "./package-summary.ts";

/** What of a search goes upstream, in this order, whatever else the query has. */
const SEARCH_PARAMETERS = ["text", "size", "from", "quality", "popularity", "maintenance"];

/** Own packages that the sender of a request may know of. */
export type FindOwn = (request: Request) => Promise<readonly PackageSummary[]>;

/** What is found, as npm's registry tells it. */
export interface FoundPackages {
  readonly objects: readonly unknown[];
  readonly total: number;
  readonly time: unknown;
}

/**
 * Searches for somebody, with npm's parameters: `text`, `size`, `from` and weights.
 * @throws LoaderError ERR_UPSTREAM_UNSUPPORTED where the upstream has no search and nothing here fits
 */
export type FindPackages = (asked: URLSearchParams, request: Request) => Promise<FoundPackages>;

/** What is published here, then what the upstream finds. */
export function createSearch(edge: Edge, findOwn: FindOwn): FindPackages {
  return async (asked, request) => {
    const wanted = new URLSearchParams();
    for (const name of SEARCH_PARAMETERS) if (asked.has(name)) wanted.set(name, asked.get(name) ?? "");
    const own = (await findOwn(request)).filter((summary) => matches(summary, asked.get("text") ?? ""));
    const { objects, total, time } = await searchUpstream(edge, wanted, own.length > 0);
    // Own packages come first, on the first page.
    const first = Number(asked.get("from") ?? 0) === 0 ? own.map(toResult) : [];
    return { objects: [...first, ...objects], total: total + own.length, time };
  };
}

async function searchUpstream(edge: Edge, wanted: URLSearchParams, isEnough: boolean) {
  try {
    const answer: unknown = await askUpstream(edge, `v1/search?${wanted.toString()}`);
    const { objects, total, time }: Readonly<Record<string, unknown>> = { ...(answer as object) };
    if (Array.isArray(objects)) return { objects, total: Number(total ?? objects.length), time };
    throw new LoaderError("ERR_UNEXPECTED_TYPE", "The upstream registry's answer is no search result");
  } catch (error) {
    // A registry without a search has nothing to add to what was found here.
    if (!isEnough || !isLoaderError(error) || error.code !== "ERR_UPSTREAM_UNSUPPORTED") throw error;
    return { objects: [], total: 0, time: new Date(edge.ports.now()).toUTCString() };
  }
}

function matches({ name, description, keywords }: PackageSummary, text: string): boolean {
  const searched = `${name} ${description} ${keywords.join(" ")}`.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => searched.includes(word));
}

function toResult({ name, version, description, keywords, date, user }: PackageSummary) {
  const publisher = { username: user };
  const described = { name, version, description, keywords, date, publisher, maintainers: [publisher], links: {} };
  const score = { final: 1, detail: { quality: 1, popularity: 1, maintenance: 1 } };
  return { package: described, score, searchScore: 1 };
}
