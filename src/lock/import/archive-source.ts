import { archiveFileName } from "../../fetch/archive-file-name.ts";
import type { LockSource } from "../lock.ts";

/** What importers of other tools' locks have to be told. */
export interface ImportOptions {
  /**
   * Base URLs that mean the project's own registry: the one that is set, and the one that the other tool took for granted. An
   * archive at any other registry gets that registry as its source.
   */
  readonly registries: readonly string[];
}

/** Where an archive comes from, and where it is if not at the usual place there. */
export interface ArchiveSource {
  readonly source: LockSource;
  readonly resolved?: string;
}

/**
 * The source of an archive whose URL another tool's lock has: a registry where the URL is one of its archives, a repository
 * for `git+…#commit`, a file of the project for `file:`, the URL itself otherwise. Without a URL it is the project's registry.
 */
export function archiveSource(
  { name, version }: { readonly name: string; readonly version: string },
  url: string | undefined,
  { registries }: ImportOptions,
): ArchiveSource {
  if (url === undefined) return { source: { kind: "registry", registry: "npm" } };
  const git = gitSource(url);
  if (git !== undefined) return { source: git };
  if (url.startsWith("file:")) return { source: { kind: "file", path: projectPath(url.slice("file:".length)) } };
  const address = url.replace(/#.*$/, "");
  const usual = `${name}/-/${archiveFileName(name, version)}`;
  const own = registries.find((base) => address.startsWith(asBase(base)));
  const path = own === undefined ? undefined : address.slice(asBase(own).length);
  if (path !== undefined) {
    const source = { kind: "registry", registry: "npm" } as const;
    return path.replace(/%2f/i, "/") === usual ? { source } : { source, resolved: `/${path}` };
  }
  if (!/^https?:\/\//.test(address) || !address.endsWith(`/${usual}`)) return { source: { kind: "url", url: address } };
  return { source: { kind: "registry", registry: address.slice(0, -usual.length) } };
}

/** `git+ssh://…#commit`, `git+https://…#commit`; also `github:user/repo#commit` where tools write that. */
function gitSource(url: string): LockSource | undefined {
  const [, address, commit] = /^(?:git\+)?((?:git|ssh|https?):\/\/[^#]+)#([0-9a-f]{7,64})$/.exec(url) ?? [];
  if (address === undefined || commit === undefined || !/^git|\.git#/.test(url)) return undefined;
  return { kind: "git", url: address, commit };
}

/** A path as locks have it: from the root of the project, no `./` in front. */
export function projectPath(path: string): string {
  return path.replace(/^\.\//, "").replace(/\/$/, "") || ".";
}

function asBase(url: string): string {
  return url.endsWith("/") ? url : `${url}/`;
}
