import { toRecord } from "../lock.ts";
import { invalidForeign } from "./foreign-text.ts";

/** What the YAML of a lock is made of. Scalars are text whatever they look like: `1.0` is a version, not a number. */
export type PlainYaml = string | readonly PlainYaml[] | { readonly [key: string]: PlainYaml };

/** Brackets that one line may open; locks open three. */
const MAX_OPEN = 100;

interface Line {
  readonly indent: number;
  readonly text: string;
  /** From 1. */
  readonly number: number;
}

/**
 * Parses the YAML that pnpm and Yarn write: maps and lists by indentation or in one line, plain and quoted texts, literal
 * blocks. Anchors, tags, folded texts, several documents and comments after a value are errors, never guesses.
 * @throws LoaderError ERR_LOCKFILE_INVALID with the line
 */
export function parsePlainYaml(file: string, text: string): PlainYaml {
  return new PlainYamlParser(file, text).parse();
}

class PlainYamlParser {
  readonly #file: string;
  readonly #raw: readonly string[];
  readonly #lines: readonly Line[];
  #next = 0;

  constructor(file: string, text: string) {
    this.#file = file;
    this.#raw = text.split(/\r?\n/);
    this.#lines = this.#raw.flatMap((raw, index): Line[] => {
      const line = raw.trim();
      return line === "" || line.startsWith("#") ? [] : [{ indent: raw.search(/\S/), text: line, number: index + 1 }];
    });
  }

  parse(): PlainYaml {
    const [first] = this.#lines;
    if (first === undefined) return {};
    const value = this.#block(first.indent);
    const rest = this.#lines[this.#next];
    if (rest !== undefined) throw this.#error("this line is indented as nothing above it is", rest);
    return value;
  }

  #error(reason: string, { number }: Line): Error {
    return invalidForeign(this.#file, reason, number);
  }

  #block(indent: number): PlainYaml {
    const isList = this.#lines[this.#next]?.text.startsWith("- ") === true;
    return isList ? this.#list(indent) : this.#map(indent);
  }

  #list(indent: number): PlainYaml {
    const items: PlainYaml[] = [];
    for (
      let line = this.#lines[this.#next];
      line?.indent === indent && line.text.startsWith("- ");
      line = this.#lines[this.#next]
    ) {
      this.#next++;
      items.push(this.#inline(line.text.slice(2), line));
    }
    return items;
  }

  #map(indent: number): PlainYaml {
    const entries = new Map<string, PlainYaml>();
    for (let line = this.#lines[this.#next]; line?.indent === indent; line = this.#lines[this.#next]) {
      this.#next++;
      const [key, rest] = line.text.startsWith("? ") ? this.#longKey(line) : this.#key(line);
      if (entries.has(key)) throw this.#error(`"${key}" is there twice`, line);
      entries.set(key, this.#value(rest, indent, line));
    }
    return toRecord(entries);
  }

  #key(line: Line): [string, string] {
    const match = /^('(?:[^']|'')*'|"(?:[^"\\]|\\.)*"|[^'"[\]{},&*!|>%@`#-].*?|-[^ ].*?):(?: +(.*)|$)/.exec(line.text);
    if (match?.[1] === undefined) throw this.#error("this line is no key with a value", line);
    return [this.#scalar(match[1], line), match[2] ?? ""];
  }

  /** `? key`, with `: value` on the next line. */
  #longKey(line: Line): [string, string] {
    const value = this.#lines[this.#next];
    if (value?.indent !== line.indent || !/^:(?: |$)/.test(value.text))
      throw this.#error("this key has no value", line);
    this.#next++;
    return [this.#scalar(line.text.slice(2).trim(), line), value.text.slice(1).trim()];
  }

  #value(rest: string, indent: number, line: Line): PlainYaml {
    if (/^\|[+-]?$/.test(rest)) return this.#literal(rest, indent, line);
    if (rest !== "") return this.#inline(rest, line);
    const next = this.#lines[this.#next];
    if (next === undefined) return "";
    if (next.indent > indent) return this.#block(next.indent);
    return next.indent === indent && next.text.startsWith("- ") ? this.#list(indent) : "";
  }

  /** The lines below that are indented more, as they are. */
  #literal(style: string, indent: number, line: Line): string {
    const start = line.number;
    let end = start;
    const isInside = (raw: string | undefined) => raw !== undefined && (raw.trim() === "" || raw.search(/\S/) > indent);
    while (isInside(this.#raw[end])) end++;
    while ((this.#lines[this.#next]?.number ?? Infinity) <= end) this.#next++;
    const raw = this.#raw.slice(start, end);
    const margin = Math.min(...raw.filter((text) => text.trim() !== "").map((text) => text.search(/\S/)));
    const text = raw.map((inside) => inside.slice(margin)).join("\n");
    return style === "|+" ? `${text}\n` : text.replace(/\n*$/, style === "|-" ? "" : "\n");
  }

  #inline(text: string, line: Line): PlainYaml {
    if (!/^[[{]/.test(text)) return this.#scalar(text, line);
    const tokens = [...text.matchAll(/'(?:[^']|'')*'|"(?:[^"\\]|\\.)*"|[[\]{},]|:(?= )|(?:[^[\]{},:]|:(?! ))+/g)];
    const flow = tokens.map(([token]) => token.trim()).filter((token) => token !== "");
    if (flow.filter((token) => token === "[" || token === "{").length > MAX_OPEN)
      throw this.#error("there are too many brackets in this line", line);
    const value = this.#flow(flow, line);
    if (flow.length > 0) throw this.#error(`"${flow.join(" ")}" follows the end of a value`, line);
    return value;
  }

  /** Takes one value from the front of the tokens. */
  #flow(tokens: string[], line: Line): PlainYaml {
    const token = tokens.shift();
    if (token === "[") return this.#flowItems(tokens, "]", line, () => this.#flow(tokens, line));
    if (token !== "{") return this.#scalar(token ?? "", line);
    const entries = this.#flowItems(tokens, "}", line, (): [string, PlainYaml] => {
      const key = this.#scalar(tokens.shift() ?? "", line);
      if (tokens.shift() !== ":") throw this.#error(`"${key}" has no value`, line);
      return [key, this.#flow(tokens, line)];
    });
    return toRecord(entries);
  }

  #flowItems<Item>(tokens: string[], end: string, line: Line, take: () => Item): Item[] {
    const items: Item[] = [];
    while (tokens[0] !== end) {
      if (tokens.length === 0) throw this.#error(`there is no "${end}"`, line);
      items.push(take());
      if (tokens[0] === ",") tokens.shift();
      else if (tokens[0] !== end) throw this.#error(`there is no "${end}"`, line);
    }
    tokens.shift();
    return items;
  }

  #scalar(text: string, line: Line): string {
    if (/^'(?:[^']|'')*'$/.test(text)) return text.slice(1, -1).replaceAll("''", "'");
    if (text.startsWith('"')) return this.#quoted(text, line);
    if (text === "" || /^[-'[\]{},&*!|>%@`#?]$|^['[\]{},&*!|>%@`#]|^[-?] | #|: |:$/.test(text))
      throw this.#error(`"${text}" is no plain text`, line);
    return text;
  }

  #quoted(text: string, line: Line): string {
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === "string") return value;
    } catch {
      // Said below: the escapes that only YAML has are no more welcome than a missing quote.
    }
    throw this.#error(`${text} is no quoted text`, line);
  }
}
