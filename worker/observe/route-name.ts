/** Words of the registry's services; everything else in their paths may be a name, or a secret. */
const SERVICE_WORDS = new Set(
  "v1 login done user token tokens npm package dist-tags security advisories bulk audits quick search ping whoami".split(
    " ",
  ),
);
/** First parts of other paths that are routes. */
const ROUTES = new Set([
  "npm",
  "packages",
  "publish",
  "search",
  "rbin",
  "~",
  "url",
  "graph",
  "m",
  "importmap",
  "run",
  "healthz",
  "metrics",
  "purge",
]);

/** What a request is for, as one of few words: never a name, a URL or a token. */
export function routeName(pathname: string): string {
  const [first = "", ...rest] = pathname.slice(1).split("/");
  if (!ROUTES.has(first)) return "other";
  if (first !== "npm") return first;
  if (rest[0] === "-")
    return `npm/-/${rest
      .slice(1)
      .filter((word) => SERVICE_WORDS.has(word))
      .join("/")}`;
  return pathname.endsWith(".tgz") ? "npm archive" : "npm metadata";
}
