import type { Context } from "hono";
import { LoaderError } from "../../../src/errors.ts";
import type { FindPackages } from "../../registry/search-packages.ts";

/** Most results of one page. */
const MOST_RESULTS = 250;

/** A package that was found. */
interface FoundPackage {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly keywords: readonly string[];
  readonly published_at?: string;
  readonly published_by?: string;
}

/** `GET /search?q=<words>&size=&from=`: what is published here and the sender may read, then the upstream's. */
export async function searchPackages(c: Context, search: FindPackages): Promise<Response> {
  const text = c.req.query("q") ?? "";
  if (text.trim() === "") throw new LoaderError("ERR_REQUEST_INVALID", "A search is asked for with /search?q=<words>");
  const asked = new URLSearchParams({ text });
  for (const name of ["size", "from"]) {
    const value = c.req.query(name);
    if (value !== undefined) asked.set(name, readCount(value, name));
  }
  const { objects, total } = await search(asked, c.req.raw);
  return c.json({ packages: objects.flatMap(toFound), total }, 200, { "cache-control": "no-store" });
}

function readCount(text: string, name: string): string {
  if (/^\d{1,6}$/.test(text) && (name === "from" || Number(text) <= MOST_RESULTS)) return text;
  throw new LoaderError("ERR_REQUEST_INVALID", `"${text}" is no ${name} of a search`, {
    actual: text,
    limit: MOST_RESULTS,
  });
}

/** What npm's registries tell of a package that they found, as far as it is what it should be. */
function toFound(result: unknown): FoundPackage[] {
  const { package: found }: Readonly<Record<string, unknown>> = { ...(result as object | null) };
  const { name, version, description, keywords, date, publisher }: Readonly<Record<string, unknown>> = {
    ...(found as object | null),
  };
  if (typeof name !== "string" || typeof version !== "string") return [];
  const { username }: Readonly<Record<string, unknown>> = { ...(publisher as object | null) };
  return [
    {
      name,
      version,
      description: typeof description === "string" ? description : "",
      keywords: Array.isArray(keywords) ? keywords.filter((word) => typeof word === "string") : [],
      ...(typeof date === "string" ? { published_at: date } : {}),
      ...(typeof username === "string" ? { published_by: username } : {}),
    },
  ];
}
