import type { Forge } from "../../specifier/git-source.ts";

/** How a forge that has no git over HTTP for browsers is asked: its API for commits and tags, its archives for files. */
export interface ForgeHost {
  /** What git would fetch. */
  gitUrl(repository: string): string;
  /** Tells which commit a branch, tag or commit is; `HEAD` is the default branch. */
  commitUrl(repository: string, ref: string): string;
  /** The field of that answer with the commit's hash. */
  readonly commitField: string;
  /** Lists tags: objects with a `name`, in a list or in the list of a page's `values`. */
  tagsUrl(repository: string): string;
  /** A gzipped tar of the files at a commit, in one folder. */
  archiveUrl(repository: string, commit: string): string;
}

const GITLAB_API = "https://gitlab.com/api/v4/projects/";

/** The forges that give archives of any commit without an account. */
export const FORGE_HOSTS: Readonly<Partial<Record<Forge, ForgeHost>>> = {
  github: {
    gitUrl: (repository) => `https://github.com/${repository}.git`,
    commitUrl: (repository, ref) => `https://api.github.com/repos/${repository}/commits/${encodeURIComponent(ref)}`,
    commitField: "sha",
    tagsUrl: (repository) => `https://api.github.com/repos/${repository}/tags?per_page=100`,
    archiveUrl: (repository, commit) => `https://codeload.github.com/${repository}/tar.gz/${commit}`,
  },
  gitlab: {
    gitUrl: (repository) => `https://gitlab.com/${repository}.git`,
    commitUrl: (repository, ref) =>
      `${GITLAB_API}${encodeURIComponent(repository)}/repository/commits/${encodeURIComponent(ref)}`,
    commitField: "id",
    tagsUrl: (repository) => `${GITLAB_API}${encodeURIComponent(repository)}/repository/tags?per_page=100`,
    archiveUrl: (repository, commit) =>
      `${GITLAB_API}${encodeURIComponent(repository)}/repository/archive.tar.gz?sha=${commit}`,
  },
  bitbucket: {
    gitUrl: (repository) => `https://bitbucket.org/${repository}.git`,
    commitUrl: (repository, ref) =>
      `https://api.bitbucket.org/2.0/repositories/${repository}/commit/${encodeURIComponent(ref)}`,
    commitField: "hash",
    tagsUrl: (repository) => `https://api.bitbucket.org/2.0/repositories/${repository}/refs/tags?pagelen=100`,
    archiveUrl: (repository, commit) => `https://bitbucket.org/${repository}/get/${commit}.tar.gz`,
  },
};
