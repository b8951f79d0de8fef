import { type SpecifierText, skip, specifierError, textOf } from "./specifier-error.ts";

/** Forges whose repositories can be had as archives, by the prefix of their short form. */
const FORGES = {
  github: { domain: "github.com", schemes: ["git:", "http:", "git+ssh:", "git+https:", "ssh:", "https:"] },
  gitlab: { domain: "gitlab.com", schemes: ["git+ssh:", "git+https:", "ssh:", "https:"] },
  bitbucket: { domain: "bitbucket.org", schemes: ["git+ssh:", "git+https:", "ssh:", "https:"] },
  gist: { domain: "gist.github.com", schemes: ["git:", "git+ssh:", "git+https:", "ssh:", "https:"] },
  sourcehut: { domain: "git.sr.ht", schemes: ["git+ssh:", "https:"] },
} as const;

/** A forge that is known. */
export type Forge = keyof typeof FORGES;

/** A package in a git repository. */
export interface GitSource {
  readonly kind: "git";
  /** `owner/repository` of a forge that is known, else the URL that git fetches. */
  readonly repository: string;
  readonly forge?: Forge;
  /** Branch, tag or commit; the default branch where neither this nor `range` is given. */
  readonly ref?: string;
  /** The highest tag in a semver range: `#semver:^1`. */
  readonly range?: string;
  /** Folder of the package in the repository, `/` in front: `#path:packages/a`. */
  readonly folder?: string;
  /** SRI of its archive, where the specifier has it. */
  readonly integrity?: string;
}

/**
 * Reads what npm takes for a git repository: `owner/repo`, `github:owner/repo#tag`, a forge's web address,
 * `git+https://…#semver:^1`, `git@host:owner/repo.git`. Undefined for anything else.
 * @throws LoaderError ERR_INVALID_MODULE_SPECIFIER where what follows the `#` contradicts itself
 */
export function readGitSource(text: SpecifierText): GitSource | undefined {
  const body = textOf(text);
  const hash = body.indexOf("#");
  const place = hash === -1 ? body : body.slice(0, hash);
  const found = forgeShort(place) ?? forgeUrl(place) ?? gitUrl(place);
  if (found === undefined) return undefined;
  const { ref, ...source } = found;
  const fragment =
    hash === -1 || ref !== undefined ? {} : readFragment(skip(text, hash + 1), source.forge !== undefined);
  return { kind: "git", ...source, ...(ref !== undefined && { ref }), ...fragment };
}

type Place = Omit<GitSource, "kind">;

const SHORTHAND = /^[^\s@:./#][^\s@:/]*\/[^\s@:/]+$/;

/** `github:owner/repo`, and `owner/repo` alone, which is GitHub's. */
function forgeShort(place: string): Place | undefined {
  if (SHORTHAND.test(place)) return { forge: "github", repository: withoutGit(place) };
  const prefix = /^([a-z]+):(?!\/\/)/.exec(place)?.[1];
  const forge = forgeNames().find((name) => name === prefix);
  if (prefix === undefined || forge === undefined) return undefined;
  const repository = withoutGit(place.slice(prefix.length + 1).replace(/^.*@/, ""));
  return repository === "" ? undefined : { forge, repository };
}

/** The web address of a repository, or a git URL at a forge: `https://github.com/owner/repo/tree/v1`. */
function forgeUrl(place: string): Place | undefined {
  const url = URL.parse(place) ?? URL.parse(withSlashForColon(place));
  if (url === null) return undefined;
  const host = url.hostname.replace(/^www\./, "");
  const forge = forgeNames().find((name) => FORGES[name].domain === host);
  if (forge === undefined || !FORGES[forge].schemes.some((scheme) => scheme === url.protocol)) return undefined;
  const segments = url.pathname.split("/").slice(1);
  if (forge === "gitlab") return gitlabPlace(segments);
  const [owner = "", name = "", page, ref] = segments;
  if (forge === "gist")
    return page === "raw" || owner === "" ? undefined : { forge, repository: gistName(owner, name) };
  const isOther = forge === "github" ? page !== undefined && page !== "" && page !== "tree" : isArchivePage(page);
  if (isOther || owner === "" || name === "") return undefined;
  const repository = withoutGit(`${owner}/${name}`);
  return { forge, repository, ...(page === "tree" && ref !== undefined && ref !== "" && { ref }) };
}

function isArchivePage(page: string | undefined): boolean {
  return page === "get" || page === "archive";
}

function gistName(owner: string, name: string): string {
  return withoutGit(name === "" ? owner : `${owner}/${name}`);
}

/** Groups may be nested; pages of a project have `/-/` before them. */
function gitlabPlace(segments: readonly string[]): Place | undefined {
  const isPage = segments.includes("-") || segments.includes("archive.tar.gz");
  return isPage || segments.length < 2 || segments.includes("")
    ? undefined
    : { forge: "gitlab", repository: withoutGit(segments.join("/")) };
}

/** `git+https://host/x.git`, `git://…`, and as ssh has it `git@host:x.git`. */
function gitUrl(place: string): Place | undefined {
  if (/^[^@/]+@[^:./]+\.[^:/]+:.+$/.test(place)) return { repository: place };
  const scheme = /^(?:git|git\+(?:https?|ssh|file|ftp|rsync)):(?=\/\/)/i.exec(place)?.[0];
  if (scheme === undefined) return undefined;
  const scp = /^git\+ssh:\/\/([^:#/]+:(?!\d+(?:\/|$)).+)$/i.exec(place)?.[1];
  if (scp !== undefined) return { repository: scp };
  return URL.canParse(place) ? { repository: new URL(place).href.replace(/^git\+/, "") } : undefined;
}

/** `git@host:path` → `git+ssh://git@host/path`, `git+ssh://git@host:path` → the same. */
function withSlashForColon(place: string): string {
  const ssh = place.includes("//") ? place : `git+ssh://${place}`;
  const colon = ssh.lastIndexOf(":");
  return colon > ssh.indexOf("@") ? `${ssh.slice(0, colon)}/${ssh.slice(colon + 1)}` : ssh;
}

function withoutGit(repository: string): string {
  return decodePart(repository.replace(/\/$/, "").replace(/\.git$/, ""));
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not encoded: it means itself.
    return text;
  }
}

/** `v1.0.0`, `semver:^1`, `path:packages/a`, several with `::` between them. Forges' refs are encoded as URLs are. */
function readFragment(text: SpecifierText, isEncoded: boolean): Pick<GitSource, "ref" | "range" | "folder"> {
  const found: { ref?: string; range?: string; folder?: string } = {};
  let from = 0;
  for (const part of textOf(text).split("::")) {
    const [, name, value = part] = /^(\w+):(.*)$/.exec(part) ?? [];
    const field = name === undefined ? "ref" : FRAGMENT_FIELDS.get(name);
    const refuse = (message: string) =>
      specifierError("ERR_INVALID_MODULE_SPECIFIER", message, text, { from, length: part.length });
    if (field === undefined) throw refuse(`"${part}" is neither semver:, path: nor a branch, tag or commit`);
    const rival = field === "folder" ? found.folder : (found.ref ?? found.range);
    if (part !== "" && rival !== undefined)
      throw refuse(`"${part}" and "${rival}" cannot both hold for one repository`);
    if (part !== "")
      found[field] = field === "folder" ? `/${value}` : isEncoded || field === "range" ? decodePart(value) : value;
    from += part.length + "::".length;
  }
  return found;
}

const FRAGMENT_FIELDS: ReadonlyMap<string, "range" | "folder"> = new Map([
  ["semver", "range"],
  ["path", "folder"],
]);

function forgeNames(): Forge[] {
  return Object.keys(FORGES) as Forge[];
}
