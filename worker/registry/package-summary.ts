import type { OwnPackage } from "./own-packages.ts";
import { withoutYanked } from "./yanked-versions.ts";

/** What a search tells of a package. */
export interface PackageSummary {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly keywords: readonly string[];
  readonly date: string;
  readonly user: string;
}

/** Most characters of an encoded text in a summary: R2 keeps 2 KB with an object. */
const SUMMARY_TEXT = 600;

/** What is kept beside a package's document, for a search to find without reading it. */
export function summaryOf(document: OwnPackage): Record<string, string> {
  const { "dist-tags": tags, versions, time } = withoutYanked(document);
  const version = tags["latest"] ?? "";
  const { description, keywords, _npmUser: publisher } = versions[version] ?? {};
  const words = Array.isArray(keywords) ? keywords.filter((word) => typeof word === "string") : [];
  const user = typeof publisher === "object" && publisher !== null && "name" in publisher ? publisher.name : "";
  return {
    version,
    description: encodeStart(typeof description === "string" ? description : ""),
    keywords: encodeStart(words.join(" ")),
    date: time["modified"] ?? "",
    user: String(user),
  };
}

/** The same, read back. */
export function parseSummary(name: string, summary: Readonly<Record<string, string>>): PackageSummary {
  const { version = "", description = "", keywords = "", date = "", user = "" } = summary;
  const words = decodeURIComponent(keywords).split(" ");
  return { name, version, description: decodeURIComponent(description), keywords: words.filter(Boolean), date, user };
}

/** As much of a text as there is room for, in ASCII: it is kept in headers. */
function encodeStart(text: string): string {
  let encoded = "";
  for (const character of text.toWellFormed()) {
    const next = encodeURIComponent(character);
    if (encoded.length + next.length > SUMMARY_TEXT) break;
    encoded += next;
  }
  return encoded;
}
