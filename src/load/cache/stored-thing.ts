import { COMPILER_ID } from "../../compile/compile-objects.ts";
import type { Lock } from "../../lock/lock.ts";
import { archiveKey } from "../artifact-origin.ts";
import { urlKey } from "../store-keys.ts";

/** What a stored thing is: a package as it was compiled, a module by URL, a linked program, what a registry said. */
export type ThingKind = "package" | "url" | "program" | "metadata";

/** What goes under one name: the parts of a package are stored under several keys, and are kept and dropped together. */
export interface ThingName {
  readonly id: string;
  readonly kind: ThingKind;
  /** For people: `react@19.0.0`, a URL. */
  readonly name: string;
  /** Whether the key is that of a package's index, without which its other parts are nothing. */
  readonly isIndex: boolean;
}

/** Kind of part · compiler · `name@version` · integrity. */
const PACKAGE_PART = /^(artifact|modules|files|reached|maps|file|types):(([^:]+):([^:]+):[^:]+)/;
const PACKAGE = "package:";

/** The thing that the object under `key` is a part of; undefined for what the store keeps for itself: lists, pins. */
export function thingOf(key: string): ThingName | undefined {
  const [, part, id, , name] = PACKAGE_PART.exec(key) ?? [];
  if (id !== undefined && name !== undefined)
    return { id: PACKAGE + id, kind: "package", name, isIndex: part === "artifact" };
  const [, url] = /^url:[^:]+:(.+)$/s.exec(key) ?? [];
  if (url !== undefined) return { id: key, kind: "url", name: url, isIndex: true };
  if (/^(?:image|partial|graph):/.test(key)) return { id: key, kind: "program", name: key, isIndex: true };
  const [, asked] = /^metadata-[^:]+?:(.+)$/s.exec(key) ?? [];
  return asked === undefined ? undefined : { id: key, kind: "metadata", name: asked, isIndex: true };
}

/** Whether it was made by another compiler than this one: nobody will read it again. */
export function isOutdated({ id, kind }: Pick<ThingName, "id" | "kind">): boolean {
  return kind === "package" && !id.startsWith(`${PACKAGE}${COMPILER_ID}:`);
}

/** Ids of all that a lockfile leads to. */
export function thingsOfLock({ packages, urls }: Lock): string[] {
  const ids = Object.values(packages).flatMap((locked) =>
    locked.integrity === undefined ? [] : [`${PACKAGE}${COMPILER_ID}:${archiveKey(locked)}:${locked.integrity}`],
  );
  // One that is locked under another name than its URL is stored by where it was found.
  for (const [url, { resolved, integrity }] of Object.entries(urls))
    ids.push(urlKey(url, integrity), urlKey(resolved, integrity));
  return ids;
}
