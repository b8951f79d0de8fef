import { compareText, type Lock, lookup, type TextMap, toRecord } from "../lock.ts";
import { present } from "../lock-fields.ts";
import { layOutModules } from "./modules-layout.ts";

interface LanguagePackage {
  readonly version: string;
  readonly resolved: string;
  readonly integrity?: string;
  readonly [field: string]: TextMap | string | undefined;
}

/**
 * A lock as that of a language with a manifest field of its own, such as `lumina.lock.json`: for each name that the root of the
 * project finds, the version, the folder, the integrity and the entries of the package. Packages without entries are left
 * out: the language cannot import them.
 * @param field the manifest field that entries are named after
 */
export function printLanguageLock(lock: Lock, field: string): string {
  const packages = layOutModules(lock)
    .filter(({ parent }) => parent?.path === "")
    .toSorted((a, b) => compareText(a.path, b.path))
    .flatMap(({ path, id = "", link }): [string, LanguagePackage][] => {
      const locked = lookup(lock.packages, id);
      if (locked?.entries === undefined) return [];
      const { version, integrity, entries } = locked;
      const name = path.replace(/^node_modules\//, "");
      return [[name, { version, resolved: link ?? path, ...present({ integrity }), [field]: entries }]];
    });
  return `${JSON.stringify({ lockfileVersion: 1, packages: toRecord(packages) }, undefined, 2)}\n`;
}
