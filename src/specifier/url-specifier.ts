import { type GitSource, readGitSource } from "./git-source.ts";
import { type SpecifierText, specifierError, textOf } from "./specifier-error.ts";

/** What is at a URL. */
export interface UrlSpecifier {
  readonly kind: "url";
  readonly url: string;
  /** SRI of what is there, where the specifier has it. */
  readonly integrity?: string;
  /** Whether its ending says that it is the archive of a package. */
  readonly isArchive?: true;
}

/** Bytes of a digest, by algorithm. */
const DIGESTS: Readonly<Record<string, number>> = { sha256: 32, sha384: 48, sha512: 64 };

/**
 * Reads `https://…`, `http://…` and `data:…` (seed items R14 to R16). `#sha256-…` and `?sha256=…`, in hex or base64, are the
 * integrity and no part of the URL.
 * @throws LoaderError ERR_INVALID_MODULE_SPECIFIER, ERR_UNSUPPORTED_ESM_URL_SCHEME
 */
export function readUrlSpecifier(text: SpecifierText): UrlSpecifier | GitSource {
  const written = textOf(text);
  const url = URL.parse(written);
  if (url === null) throw specifierError("ERR_INVALID_MODULE_SPECIFIER", `"${written}" is not a URL`, text);
  if (url.protocol === "data:") return { kind: "url", url: url.href };
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    const message = `"${url.protocol}" URLs cannot be imported: "${written}"`;
    const hint = "https:, http: and data: URLs can";
    throw specifierError("ERR_UNSUPPORTED_ESM_URL_SCHEME", message, text, { length: url.protocol.length, hint });
  }
  const integrity = readIntegrity(url, text);
  const known = integrity === undefined ? {} : { integrity };
  const tagged = taggedRepository(url);
  if (tagged !== undefined) return { ...tagged, ...known };
  const repository = integrity === undefined && !namesFile(url) ? readGitSource(text) : undefined;
  if (repository !== undefined) return repository;
  return { kind: "url", url: url.href, ...known, ...(ARCHIVE.test(url.pathname) && { isArchive: true }) };
}

const ARCHIVE = /\.(?:tgz|tar\.gz|tar)$/i;

/** Whether a path is too long for a repository's and has an ending: forges have files of repositories there. */
function namesFile({ pathname }: URL): boolean {
  return pathname.split("/").length > 3 && /\.(?!git$)\w+$/i.test(pathname);
}

/** `https://github.com/owner/repo/v1.0.0`: a repository at a tag, as the seed writes it (R14). */
function taggedRepository({ hostname, pathname }: URL): GitSource | undefined {
  const [, owner = "", name = "", ref, ...more] = pathname.split("/");
  const isTag = ref !== undefined && /^v?\d+(?:\.\d+)*(?:-[\w.-]+)?$/.test(ref);
  if (hostname !== "github.com" || owner === "" || name === "" || !isTag || more.length > 0) return undefined;
  return { kind: "git", forge: "github", repository: `${owner}/${name.replace(/\.git$/, "")}`, ref };
}

/** Takes what the URL has of integrity out of it; two that differ are refused. */
function readIntegrity(url: URL, text: SpecifierText): string | undefined {
  const fragment = /^#(sha\d+)-(.*)$/.exec(url.hash);
  const query = Object.keys(DIGESTS).flatMap((name) => {
    const digest = url.searchParams.get(name);
    return digest === null ? [] : [{ name, digest }];
  });
  const written = [...query, ...(fragment === null ? [] : [{ name: fragment[1] ?? "", digest: fragment[2] ?? "" }])];
  const hashes = written.map(({ name, digest }) => readDigest(name, digest, text));
  const [first] = hashes;
  if (first === undefined) return undefined;
  const rival = hashes.find((hash) => hash !== first && algorithmOf(hash) === algorithmOf(first));
  if (rival !== undefined) {
    const message = `The specifier has two digests, "${first}" and "${rival}"`;
    throw specifierError("ERR_INVALID_MODULE_SPECIFIER", message, text);
  }
  if (fragment !== null) url.hash = "";
  const names = query.map(({ name }) => name).join("|");
  // As text: searchParams would write the rest of the query anew.
  if (names !== "")
    url.search = url.search
      .slice(1)
      .replaceAll(new RegExp(`(?:^|&)(?:${names})=[^&]*`, "g"), "")
      .replace(/^&/, "");
  return hashes.length === 1 ? first : [...new Set(hashes)].join(" ");
}

function algorithmOf(integrity: string): string {
  return integrity.slice(0, integrity.indexOf("-"));
}

/** SRI from a digest in hex, in base64, or in base64 for URLs. */
function readDigest(name: string, digest: string, text: SpecifierText): string {
  const size = DIGESTS[name];
  const bytes = size === undefined ? undefined : (fromHex(digest, size) ?? fromBase64(digest, size));
  if (bytes !== undefined) return `${name}-${btoa(bytes)}`;
  const message = `"${digest}" is not a ${name} digest: ${size ?? "no known number of"} bytes in hex or base64`;
  const from = textOf(text).lastIndexOf(digest);
  throw specifierError("ERR_INVALID_MODULE_SPECIFIER", message, text, { from: Math.max(from, 0) });
}

/** As a string of bytes. */
function fromHex(digest: string, size: number): string | undefined {
  if (digest.length !== size * 2 || !/^[0-9a-f]*$/i.test(digest)) return undefined;
  return digest.replaceAll(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16)));
}

function fromBase64(digest: string, size: number): string | undefined {
  try {
    // A space is what a + in a query becomes.
    const bytes = atob(digest.replaceAll("-", "+").replaceAll("_", "/").replaceAll(" ", "+"));
    return bytes.length === size ? bytes : undefined;
  } catch {
    // Not base64: the caller says so.
    return undefined;
  }
}
