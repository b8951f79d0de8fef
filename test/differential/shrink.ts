import type { TestProgram } from "./program.ts";
import { syntaxError } from "./syntax.ts";
import { bodyOf, childrenOf, type Edit, isNode, type TreeNode } from "./tree.ts";

/** Whether a program still shows what is being looked for. */
export type StillShows = (program: TestProgram) => Promise<boolean>;

/**
 * Makes a program as small as it can be while it still shows what is being looked for: files go, then statements, members,
 * properties, parameters; what is left is replaced by one of its own parts.
 * @param milliseconds how long it may look for smaller ones
 */
export async function shrink(program: TestProgram, stillShows: StillShows, milliseconds = 20_000): Promise<void> {
  const search = new Search(program, stillShows, performance.now() + milliseconds);
  while (await search.round());
}

class Search {
  #smallest: TestProgram;
  readonly #stillShows: StillShows;
  readonly #end: number;

  constructor(program: TestProgram, stillShows: StillShows, end: number) {
    this.#smallest = program;
    this.#stillShows = stillShows;
    this.#end = end;
  }

  get #isOver(): boolean {
    return performance.now() > this.#end;
  }

  /** Tries everything once; true where something became smaller. */
  async round(): Promise<boolean> {
    const before = size(this.#smallest);
    for (const path of Object.keys(this.#smallest.files)) await this.#dropFile(path);
    for (const path of Object.keys(this.#smallest.files)) await this.#shrinkFile(path);
    return size(this.#smallest) < before && !this.#isOver;
  }

  async #try(files: TestProgram["files"]): Promise<boolean> {
    if (this.#isOver) return false;
    for (const [path, text] of Object.entries(files))
      if (text !== this.#smallest.files[path] && syntaxError(path, text) !== undefined) return false;
    const program = { ...this.#smallest, files };
    if (!(await this.#stillShows(program))) return false;
    this.#smallest = program;
    return true;
  }

  /** With the statements that name it. */
  async #dropFile(path: string): Promise<void> {
    if (path === this.#smallest.entry) return;
    const name = path.slice(path.lastIndexOf("/") + 1);
    const rest = Object.entries(this.#smallest.files).filter(([other]) => other !== path);
    const files = rest.map(([other, text]) => [other, withoutMentions(other, text, name)] as const);
    await this.#try(Object.fromEntries(files));
  }

  async #shrinkFile(path: string): Promise<void> {
    let skip = 0;
    for (;;) {
      const text = this.#smallest.files[path];
      if (text === undefined) return;
      const edits = editsOf(path, text);
      const edit = edits[skip];
      if (edit === undefined || this.#isOver) return;
      const shorter = text.slice(0, edit.start) + edit.text + text.slice(edit.end);
      if (shorter.length >= text.length || !(await this.#try({ ...this.#smallest.files, [path]: shorter }))) skip++;
    }
  }
}

function size({ files }: TestProgram): number {
  return Object.entries(files).reduce((sum, [path, text]) => sum + path.length + text.length, 0);
}

function withoutMentions(path: string, text: string, name: string): string {
  const statements = path.endsWith(".json") ? [] : (bodyOf(path, text) ?? []);
  let left = text;
  for (const { start, end } of statements.toReversed())
    if (text.slice(start, end).includes(name)) left = left.slice(0, start) + left.slice(end);
  return left;
}

/** Smaller forms of a file, the ones that take most away first. */
function editsOf(path: string, text: string): Edit[] {
  if (path.endsWith(".json")) return text === "{}" ? [] : [{ start: 0, end: text.length, text: "{}" }];
  const body = bodyOf(path, text);
  if (body === undefined) return chunks(text);
  const edits: Edit[] = [...comments(text), ...listEdits(body)];
  for (const node of body) visit(node, text, edits);
  return edits.toSorted((one, other) => saved(other) - saved(one));
}

function saved({ start, end, text }: Edit): number {
  return end - start - text.length;
}

function comments(text: string): Edit[] {
  return [...text.matchAll(/\/\*[^]*?\*\/|\/\/.*\n|[\n\r]{2,}|^[ \t]+|[ \t]{2,}/gm)].map(({ 0: found, index }) => ({
    start: index,
    end: index + found.length,
    text: found.startsWith("/*") ? "" : "\n".slice(0, found.includes("\n") ? 1 : 0),
  }));
}

/** Of text that only the engine can parse. */
function chunks(text: string): Edit[] {
  const edits = [...text.matchAll(/[^\n]+\n|\w+ ?|[^\w\n]/g)].map(({ 0: found, index }) => ({
    start: index,
    end: index + found.length,
    text: "",
  }));
  const lines = [...text.matchAll(/[^\n;]+[\n;]/g)].map(({ 0: found, index }) => ({
    start: index,
    end: index + found.length,
    text: "",
  }));
  return [...lines, ...edits];
}

function visit(node: TreeNode, text: string, edits: Edit[]): void {
  const { start, end } = node;
  for (const list of Object.values(node)) if (Array.isArray(list)) edits.push(...listEdits(list.filter(isNode)));
  for (const child of childrenOf(node)) {
    if (child.start > start || child.end < end) edits.push({ start, end, text: innerText(child, text) });
    visit(child, text, edits);
  }
  if (node.type.endsWith("Expression") && end - start > 1) edits.push({ start, end, text: "0" });
  if (node.type === "BlockStatement" || node.type === "ClassBody") edits.push({ start, end, text: "{}" });
}

/** A block stands for what is inside of its braces. */
function innerText({ type, start, end }: TreeNode, text: string): string {
  return type === "BlockStatement" ? text.slice(start + 1, end - 1) : text.slice(start, end);
}

/** Each item without the comma that parts it from its neighbour; all of them, and each half. */
function listEdits(items: readonly TreeNode[]): Edit[] {
  const edits: Edit[] = [];
  for (const [index, { start, end }] of items.entries()) {
    const next = items[index + 1]?.start;
    const previous = items[index - 1]?.end;
    edits.push({ start, end, text: "" });
    if (next !== undefined && next > end) edits.push({ start, end: next, text: "" });
    else if (previous !== undefined && previous < start) edits.push({ start: previous, end, text: "" });
  }
  const half = Math.floor(items.length / 2);
  for (const [from, to] of [
    [0, half],
    [half, items.length],
  ] as const) {
    const first = items[from];
    const last = items[to - 1];
    if (to - from > 1 && first !== undefined && last !== undefined)
      edits.push({ start: first.start, end: last.end, text: "" });
  }
  return edits;
}
