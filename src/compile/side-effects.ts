/** Alternatives of one pattern that are told apart; a pattern with more of them is taken to match everything. */
const MOST_ALTERNATIVES = 256;

/**
 * Reads the `sideEffects` field of a package.json as webpack and esbuild do: a boolean, or patterns of the files that do
 * more than make their exports. Without the field every file may.
 * @returns whether a file does, by its path relative to the folder of that package.json
 */
export function readSideEffects(field: unknown): (path: string) => boolean {
  if (typeof field === "boolean") return () => field;
  const patterns: unknown[] = Array.isArray(field) ? field : [field];
  if (!patterns.every((pattern) => typeof pattern === "string")) return () => true;
  const alternatives = patterns.flatMap((pattern) => expandBraces(anchor(pattern)));
  const split = alternatives.map((pattern) => pattern.split("/"));
  return (path) => {
    const folders = path.split("/");
    return split.some((pattern) => matches(folders, pattern, isGlobstar, matchesName));
  };
}

/** A pattern without a slash matches in every folder. */
function anchor(pattern: string): string {
  return pattern.includes("/") ? pattern.replace(/^\.?\//, "") : `**/${pattern}`;
}

/** `a.{css,scss}` → `a.css`, `a.scss`. */
function expandBraces(pattern: string): string[] {
  let expanded = [pattern];
  while (expanded.some((text) => BRACES.test(text))) {
    expanded = expanded.flatMap((text) => {
      const [whole, before = "", choices = "", after = ""] = BRACES.exec(text) ?? [];
      return whole === undefined ? [text] : choices.split(",").map((choice) => before + choice + after);
    });
    if (expanded.length > MOST_ALTERNATIVES) return ["**"];
  }
  return expanded;
}

const BRACES = /^([^{]*)\{([^{}]*)\}(.*)$/s;

const isGlobstar = (part: string): boolean => part === "**";
const isStar = (part: string): boolean => part === "*";

function matchesName(name: string, pattern: string): boolean {
  return matches(Array.from(name), Array.from(pattern), isStar, (char, wanted) => wanted === "?" || char === wanted);
}

/**
 * Whether items match a pattern in which some parts stand for any number of items. Only the last such part is ever tried
 * again, so no pattern takes more than the product of both lengths: patterns come from packages, and a RegExp made of one
 * may take for ever.
 */
function matches(
  items: readonly string[],
  pattern: readonly string[],
  isAny: (part: string) => boolean,
  matchesOne: (item: string, part: string) => boolean,
): boolean {
  let item = 0;
  let part = 0;
  let retryItem = 0;
  let retryPart = -1;
  while (item < items.length) {
    const wanted = pattern[part];
    if (wanted !== undefined && isAny(wanted)) {
      retryPart = part++;
      retryItem = item;
    } else if (wanted !== undefined && matchesOne(items[item] ?? "", wanted)) {
      part++;
      item++;
    } else if (retryPart >= 0) {
      part = retryPart + 1;
      item = ++retryItem;
    } else return false;
  }
  while (part < pattern.length && isAny(pattern[part] ?? "")) part++;
  return part === pattern.length;
}
