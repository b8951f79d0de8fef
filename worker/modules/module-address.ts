import { packageUrl, readPackageAddress } from "../../src/link/package-address.ts";

/** Path of everything that pages and runtimes import without a client. */
export const MODULES_PREFIX = "/m/";
/** Stands before the URLs of modules while they are linked; nobody's files have it. */
export const LINK_BASE = "https://modules.raya.invalid/~/";
/** What stands in for modules of Node, as a package of its own. */
export const NODE_KEY = "~node@0";

/** What never changes: a module, or a file, of a package in the company of exact versions of others. */
export interface ModuleAddress {
  /** Id in the lockfile: `name@version`, and what tells instances apart. */
  readonly key: string;
  /** Of the package and all that it depends on: 32 hex digits. */
  readonly digest: string;
  /** Path in the package. */
  readonly path: string;
  /** What of the file: `script`, a CommonJS module as it is required; `commonjs-…`, as it is imported; `""` for ES modules. */
  readonly form: string;
}

const ADDRESS = /^(?<folder>(?:@[^/]+\/)?[^/]+@[^/]+)\/~(?<digest>[\da-f]{32})\/(?<path>.+)$/;

export function printAddress({ key, digest, path, form }: ModuleAddress): string {
  const file = encodeURI(path).replace(/[?#]/g, encodeURIComponent);
  return `${packageUrl(MODULES_PREFIX, key, `~${digest}/${file}`)}${form === "" ? "" : `?as=${form}`}`;
}

/**
 * Reads the path of a request behind the prefix, still encoded; undefined where it has no digest.
 * @throws URIError
 */
export function parseAddress(path: string, form: string): ModuleAddress | undefined {
  const { folder, digest, path: file } = ADDRESS.exec(path.replace(/^%40/, "@"))?.groups ?? {};
  if (folder === undefined || digest === undefined || file === undefined) return undefined;
  return { key: readPackageAddress(folder).id, digest, path: decodeURIComponent(file), form };
}

/** The package and the path that a module's URL has while it is linked; undefined for others. */
export function readLinkUrl(url: string): { readonly key: string; readonly path: string } | undefined {
  if (!url.startsWith(LINK_BASE)) return undefined;
  const rest = url.slice(LINK_BASE.length);
  if (rest.startsWith("node:")) return { key: NODE_KEY, path: rest.slice("node:".length) };
  const { id, path } = readPackageAddress(rest);
  return { key: id, path: decodeURI(path) };
}
