/** A heading and where its text is. */
interface Heading {
  readonly title: string;
  /** 1 to 6. */
  readonly level: number;
  /** Index of its line. */
  readonly line: number;
}

/**
 * The section of a Markdown text under a heading, the heading included: up to the next one of its level or above.
 * @param heading its text, whatever its case and markup, or its anchor (`getting-started`)
 * @returns undefined where there is no such heading
 */
export function markdownSection(markdown: string, heading: string): string | undefined {
  const lines = markdown.split(/\r?\n/);
  const headings = findHeadings(lines);
  const wanted = headings.findIndex(({ title }) => sameTitle(title, heading) || anchorOf(title) === anchorOf(heading));
  const found = headings[wanted];
  if (found === undefined) return undefined;
  const next = headings.slice(wanted + 1).find(({ level }) => level <= found.level);
  return `${lines.slice(found.line, next?.line).join("\n").trimEnd()}\n`;
}

/** All headings, as they are to be asked for. */
export function markdownHeadings(markdown: string): string[] {
  return findHeadings(markdown.split(/\r?\n/)).map(({ title }) => title);
}

/** What stands in a block of code is none. */
function findHeadings(lines: readonly string[]): Heading[] {
  const headings: Heading[] = [];
  let fence: string | undefined;
  for (const [line, text] of lines.entries()) {
    const [, mark] = /^ {0,3}(`{3,}|~{3,})/.exec(text) ?? [];
    if (fence !== undefined) {
      if (mark?.startsWith(fence) === true && text.trim() === mark) fence = undefined;
      continue;
    }
    if (mark !== undefined) {
      fence = mark;
      continue;
    }
    const [, marks, title] = /^ {0,3}(#{1,6})(?:\s+(.*?))?(?:\s+#+)?\s*$/.exec(text) ?? [];
    if (marks !== undefined) headings.push({ title: plain(title ?? ""), level: marks.length, line });
    const before = lines[line - 1]?.trim() ?? "";
    const [, rule] = /^ {0,3}(=+|-{2,})\s*$/.exec(text) ?? [];
    const isText = before !== "" && !/^(?:[#>|*+-]|\d+[.)])/.test(before) && headings.at(-1)?.line !== line - 1;
    if (rule !== undefined && isText)
      headings.push({ title: plain(before), level: rule.startsWith("=") ? 1 : 2, line: line - 1 });
  }
  return headings;
}

/** Without emphasis, code, links and tags. */
function plain(title: string): string {
  return title
    .replace(/!\[[^\]]*\]\([^)]*\)/g, "")
    .replace(/\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])/g, "$1")
    .replace(/<[^>]*>/g, "")
    .replace(/[`*]|(?<!\w)_+|_+(?!\w)/g, "")
    .trim();
}

function sameTitle(a: string, b: string): boolean {
  return a.toLowerCase() === plain(b).toLowerCase();
}

/** As forges make them. */
function anchorOf(title: string): string {
  return plain(title)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-");
}
