import type { LockSource } from "./lock.ts";

const KIND = /^(registry|url|git|file|path|workspace)\+(.+)$/s;

/** A source as one line: `registry+npm`, `git+https://host/repo?ref=v1.3.0#<commit>`, `workspace+packages/a`. */
export function printSource(source: LockSource): string {
  if (source.kind === "registry") return `registry+${source.registry}`;
  if (source.kind === "url") return `url+${source.url}`;
  if (source.kind !== "git") return `${source.kind}+${source.path}`;
  const ref = source.ref === undefined ? "" : `?ref=${encodeURIComponent(source.ref)}`;
  return `git+${source.url}${ref}#${source.commit}`;
}

/** The source that a line means; none when it means nothing. */
export function parseSource(text: string): LockSource | undefined {
  const [, kind, rest] = KIND.exec(text) ?? [];
  if (kind === undefined || rest === undefined) return undefined;
  if (kind === "registry") return { kind, registry: rest };
  if (kind === "url") return URL.canParse(rest) ? { kind, url: rest } : undefined;
  if (kind === "git") return parseGit(rest);
  return { kind: kind === "file" || kind === "path" ? kind : "workspace", path: rest };
}

function parseGit(text: string): LockSource | undefined {
  const { url, ref, commit } =
    /^(?<url>[^?#]+)(?:\?ref=(?<ref>[^#]+))?#(?<commit>[0-9a-f]{7,64})$/.exec(text)?.groups ?? {};
  if (url === undefined || commit === undefined) return undefined;
  return { kind: "git", url, commit, ...(ref === undefined ? {} : { ref: decodeRef(ref) }) };
}

function decodeRef(ref: string): string {
  try {
    return decodeURIComponent(ref);
  } catch {
    return ref;
  }
}
