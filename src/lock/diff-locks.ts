import type { Lock } from "./lock.ts";
import { compareText, packageId, toRecord } from "./lock.ts";
import { isTable, type Table } from "./lock-fields.ts";
import { lockDocument } from "./lock-document.ts";

/** One fact of an entry that differs; `before` is missing when it is new, `after` when it is gone. Values are JSON. */
export interface FactChange {
  /** The field, and the name in it: `version`, `dependencies.react`. */
  readonly fact: string;
  readonly before?: string;
  readonly after?: string;
}

/** One entry of a lock that differs from another lock's. */
export interface LockChange {
  readonly kind: "added" | "removed" | "changed";
  /** The part of the file: `package`, `importer`, `imports`, `url`, `builtins`, …; `lock` for the facts of the root. */
  readonly section: string;
  /** Id of the package, path of the importer, request, URL, …. */
  readonly key: string;
  /** Sorted by name. */
  readonly facts: readonly FactChange[];
}

/** What happened to packages, by name. */
export interface PackageChanges {
  /** Ids of packages of names that were not there. */
  readonly added: readonly string[];
  /** Ids of packages of names that are gone. */
  readonly removed: readonly string[];
  /** Names that have other versions or instances than before: ids that came and ids that went. */
  readonly updated: readonly {
    readonly name: string;
    readonly from: readonly string[];
    readonly to: readonly string[];
  }[];
}

type Facts = ReadonlyMap<string, string>;
interface Entry {
  readonly section: string;
  readonly key: string;
  readonly facts: Facts;
}

/** Every entry that differs between two locks, fields unknown to this version too, in the order of the file. */
export function diffLocks(before: Lock, after: Lock): LockChange[] {
  const old = entriesOf(before);
  const now = entriesOf(after);
  const places = [...new Set([...old.keys(), ...now.keys()])].toSorted(compareText);
  return places.flatMap((place) => changeOf(old.get(place), now.get(place)) ?? []);
}

/** The packages of a diff, told by name: what was added, removed, and has another version now (P15). */
export function packageChanges(before: Lock, after: Lock): PackageChanges {
  const gone = idsByName(before, after);
  const come = idsByName(after, before);
  const updated = Object.entries(come).flatMap(([name, to]) => {
    const from = gone[name];
    return from === undefined ? [] : [{ name, from, to }];
  });
  const isUpdated = new Set(updated.map(({ name }) => name));
  const others = (ids: Record<string, string[]>) =>
    Object.entries(ids).flatMap(([name, list]) => (isUpdated.has(name) ? [] : list));
  return { added: others(come), removed: others(gone), updated };
}

/** A change as one line of text: `~ package a@1.0.0: integrity "sha512-…" → "sha512-…"`. */
export function printChange({ kind, section, key, facts }: LockChange): string {
  const sign = { added: "+", removed: "-", changed: "~" }[kind];
  const subject = `${sign} ${section} ${key}`;
  if (kind !== "changed") return subject;
  return `${subject}: ${facts.map(({ fact, before, after }) => `${fact} ${before ?? "none"} → ${after ?? "none"}`).join(", ")}`;
}

/** Ids of the packages of `lock` that `other` has not, sorted, by name. */
function idsByName(lock: Lock, other: Lock): Record<string, string[]> {
  const found = toRecord<string[]>([]);
  const ids = Object.keys(lock.packages).filter((id) => !Object.hasOwn(other.packages, id));
  for (const id of ids.toSorted(compareText)) (found[lock.packages[id]?.name ?? id] ??= []).push(id);
  return found;
}

function changeOf(before: Entry | undefined, after: Entry | undefined): LockChange | undefined {
  const entry = after ?? before;
  if (entry === undefined) return undefined;
  const facts = factChanges(before?.facts ?? new Map(), after?.facts ?? new Map());
  if (before !== undefined && after !== undefined && facts.length === 0) return undefined;
  const kind = before === undefined ? "added" : after === undefined ? "removed" : "changed";
  return { kind, section: entry.section, key: entry.key, facts };
}

function factChanges(before: Facts, after: Facts): FactChange[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].toSorted(compareText);
  return names.flatMap((fact): FactChange[] => {
    const [old, now] = [before.get(fact), after.get(fact)];
    if (old === now) return [];
    return [{ fact, ...(old === undefined ? {} : { before: old }), ...(now === undefined ? {} : { after: now }) }];
  });
}

/** The entries of a lock by their place: section and key. */
function entriesOf(lock: Lock): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  const add = (section: string, key: string, value: unknown) =>
    entries.set(`${section}\0${key}`, { section, key, facts: factsOf(value) });
  for (const [section, value] of Object.entries(lockDocument(lock))) {
    if (section === "package" || section === "importer" || section === "url") {
      for (const entry of Array.isArray(value) ? value.filter(isTable) : []) add(section, keyOf(section, entry), entry);
    } else if (isTable(value)) for (const [key, fact] of Object.entries(value)) add(section, key, fact);
    else add("lock", section, value);
  }
  return entries;
}

function keyOf(section: "package" | "importer" | "url", entry: Table): string {
  const text = (field: string): string => (typeof entry[field] === "string" ? entry[field] : "");
  if (section !== "package") return text(section === "url" ? "url" : "path");
  return packageId({ name: text("name"), version: text("version"), instance: text("instance") });
}

function factsOf(value: unknown): Facts {
  if (!isTable(value)) return new Map([["value", JSON.stringify(value)]]);
  const given = Object.entries(value).filter(([, fact]) => fact !== undefined);
  const facts = given.flatMap(([field, fact]): [string, string][] =>
    isTable(fact)
      ? Object.entries(fact).map(([name, part]) => [`${field}.${name}`, JSON.stringify(part)])
      : [[field, JSON.stringify(fact)]],
  );
  return new Map(facts);
}
