import { integrityFromHex } from "../../verify/integrity.ts";
import { type LockSource, type TextMap, toRecord } from "../lock.ts";
import { archiveSource, type ImportOptions, projectPath } from "./archive-source.ts";
import { invalidForeign } from "./foreign-text.ts";
import { YARN_FILE, type YarnEntry } from "./yarn-graph.ts";

interface Section {
  readonly patterns: readonly string[];
  readonly line: number;
  readonly fields: Map<string, string>;
  readonly maps: Map<string, Map<string, string>>;
}

const TOKEN = `"(?:[^"\\\\]|\\\\.)*"|[^\\s",:]\\S*?`;
const PAIR = new RegExp(`^(${TOKEN}) (${TOKEN})$`);
const HEADER = new RegExp(`^(?:${TOKEN})(?:, (?:${TOKEN}))*:$`);

/**
 * Reads the entries of a yarn.lock of Yarn 1.
 * @throws LoaderError ERR_LOCKFILE_INVALID with the line
 */
export function readClassicLock(text: string, options: ImportOptions): YarnEntry[] {
  return readSections(text).map((section) => entryOf(section, options));
}

function readSections(text: string): Section[] {
  const sections: Section[] = [];
  let map: Map<string, string> | undefined;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const indent = raw.search(/\S/);
    const section = sections.at(-1);
    const wrong = () => invalidForeign(YARN_FILE, "this line is none that Yarn 1 writes", index + 1);
    if (indent === 0) {
      if (!HEADER.test(line)) throw wrong();
      sections.push({ patterns: splitPatterns(line), line: index + 1, fields: new Map(), maps: new Map() });
    } else if (section === undefined) throw wrong();
    else if (indent === 2 && line.endsWith(":")) section.maps.set(line.slice(0, -1), (map = new Map()));
    else {
      const target = indent === 2 ? section.fields : indent === 4 ? map : undefined;
      const [, key, value] = PAIR.exec(line) ?? [];
      if (target === undefined || key === undefined || value === undefined) throw wrong();
      target.set(unquote(key), unquote(value));
    }
  }
  return sections;
}

function splitPatterns(header: string): string[] {
  return [...header.slice(0, -1).matchAll(/"((?:[^"\\]|\\.)*)"|[^\s,"][^,]*/g)].map(([token]) => unquote(token.trim()));
}

function unquote(token: string): string {
  return token.startsWith('"') ? token.slice(1, -1).replace(/\\(.)/g, "$1") : token;
}

function entryOf({ patterns, line, fields, maps }: Section, options: ImportOptions): YarnEntry {
  const [, alias, range = ""] = /^(@?[^@]+)@(.*)$/s.exec(patterns[0] ?? "") ?? [];
  const version = fields.get("version");
  if (alias === undefined || version === undefined) throw invalidForeign(YARN_FILE, "this entry has no version", line);
  const name = /^npm:(@?[^@]+)/.exec(range)?.[1] ?? alias;
  const url = fields.get("resolved");
  const [, folder] = /^file:(.*)$/.exec(range) ?? [];
  const path: LockSource | undefined =
    url === undefined && folder !== undefined ? { kind: "path", path: projectPath(folder) } : undefined;
  const integrity = fields.get("integrity") ?? integrityOfHash(url);
  const edges = (kind: string): TextMap => toRecord(maps.get(kind) ?? []);
  return {
    patterns,
    facts: {
      name,
      version,
      ...(path === undefined ? archiveSource({ name, version }, url, options) : { source: path }),
      ...(integrity === undefined ? {} : { integrity }),
    },
    dependencies: edges("dependencies"),
    optionalDependencies: edges("optionalDependencies"),
    peerDependencies: {},
  };
}

/** Old locks have nothing but the SHA-1 behind the URL of an archive. */
function integrityOfHash(url: string | undefined): string | undefined {
  const [, hash] = /\.(?:tgz|tar\.gz)#([0-9a-f]{40})$/.exec(url ?? "") ?? [];
  return hash === undefined ? undefined : integrityFromHex("sha1", hash);
}
