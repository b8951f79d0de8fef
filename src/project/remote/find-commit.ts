import maxSatisfying from "semver/ranges/max-satisfying.js";
import { LoaderError } from "../../errors.ts";
import { type FetchContext, fetchBytes } from "../../fetch/fetch-bytes.ts";
import type { GitSource } from "../../specifier/git-source.ts";
import type { ForgeHost } from "./forge-hosts.ts";

/** A commit, and the branch or tag that led to it. */
export interface FoundCommit {
  /** 40 hex digits. */
  readonly commit: string;
  readonly ref?: string;
}

const COMMIT = /^[0-9a-f]{40}$/;
/** Bytes. */
const ANSWER_LIMIT = 8 * 1024 * 1024;

/**
 * The commit that a repository's source means now; a whole hash is the commit itself and nobody is asked.
 * @throws LoaderError ERR_VERSION_NOT_FOUND where there is no such branch, tag or commit, or none in the range;
 * ERR_UNEXPECTED_TYPE for an answer in another form, and what `fetchBytes` throws
 */
export async function findCommit(
  context: FetchContext,
  forge: ForgeHost,
  { repository, ref, range }: Pick<GitSource, "repository" | "ref" | "range">,
): Promise<FoundCommit> {
  const named = range === undefined ? ref : await highestTag(context, forge, repository, range);
  if (named !== undefined && COMMIT.test(named)) return { commit: named };
  const url = forge.commitUrl(repository, named ?? "HEAD");
  const answer = await askForge(context, url, `the commit "${named ?? "HEAD"}" of ${repository}`);
  const commit = isRecord(answer) ? answer[forge.commitField] : undefined;
  if (typeof commit !== "string" || !COMMIT.test(commit)) throw unexpected(url, "a commit");
  return { commit, ...(named !== undefined && { ref: named }) };
}

async function highestTag(context: FetchContext, forge: ForgeHost, repository: string, range: string): Promise<string> {
  const url = forge.tagsUrl(repository);
  const answer = await askForge(context, url, `the tags of ${repository}`);
  const list = isRecord(answer) ? answer["values"] : answer;
  if (!Array.isArray(list)) throw unexpected(url, "a list of tags");
  const tags = list.flatMap((tag: unknown) => (isRecord(tag) && typeof tag["name"] === "string" ? [tag["name"]] : []));
  // A tag may have a `v`, or the package's name, in front of the version.
  const versions = new Map(tags.map((tag) => [/(?:^|[v@/-])(\d+\.\d+\.\d+.*)$/.exec(tag)?.[1] ?? "", tag]));
  const best = versions.get(maxSatisfying([...versions.keys()], range, { loose: true }) ?? "-");
  if (best !== undefined) return best;
  throw new LoaderError("ERR_VERSION_NOT_FOUND", `No tag of ${repository} matches "${range}"`, {
    specifier: repository,
    available: tags.slice(0, 5),
  });
}

async function askForge(context: FetchContext, url: string, what: string): Promise<unknown> {
  const headers = { accept: "application/json" };
  try {
    const { bytes } = await fetchBytes(context, { url, subject: what, limit: ANSWER_LIMIT, headers });
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    if (error instanceof SyntaxError) throw unexpected(url, "JSON", error);
    const isMissing = error instanceof LoaderError && [404, 422].includes(Number(error.details["status"]));
    if (!isMissing) throw error;
    throw new LoaderError("ERR_VERSION_NOT_FOUND", `The forge does not have ${what}`, { url }, error);
  }
}

function unexpected(url: string, what: string, cause?: unknown): LoaderError {
  return new LoaderError("ERR_UNEXPECTED_TYPE", `The forge's answer is not ${what}`, { url }, cause);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
