import type { Resolver } from "./resolver.ts";

const SHORT = /^github:([^/\s]+)\/([^/\s@#]+)\/([^@#]+?\.\w+)(?:[@#](.+))?$/;
const PAGE = /^https:\/\/github\.com\/([^/]+)\/([^/]+)\/(?:blob|raw)\/([^/]+)\/(.+)$/;

/**
 * Files of repositories at GitHub: `github:owner/repo/src/x.js@v1.0.0` (without a tag, branch or commit: the default branch's),
 * and the addresses of their pages, `https://github.com/owner/repo/blob/v1.0.0/src/x.js` (M60, R14). What was there is locked.
 * @param raw where the files themselves are; ends with `/`
 */
export function githubResolver(raw = "https://raw.githubusercontent.com/"): Resolver {
  return {
    name: `github ${raw}`,
    prefixes: ["github:", "https://github.com/"],
    resolve(specifier) {
      const [, owner, repository, path, ref = "HEAD"] = SHORT.exec(specifier) ?? [];
      if (path !== undefined) return `${raw}${owner}/${repository}/${ref}/${path}`;
      const page = PAGE.exec(specifier);
      return page === null ? undefined : raw + page.slice(1).join("/");
    },
  };
}
