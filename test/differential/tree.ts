import { parseModule, parseScript } from "meriyah";

/** A node of a syntax tree, with its place in the text. */
export interface TreeNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** What a part of a text is replaced by. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The statements of a file; undefined where only the engine can parse it. */
export function bodyOf(path: string, text: string): TreeNode[] | undefined {
  const options = { next: true, webcompat: true, ranges: true } as const;
  try {
    const tree = path.endsWith(".cjs")
      ? parseScript(text, { ...options, globalReturn: true })
      : parseModule(text, options);
    return tree.body as unknown as TreeNode[];
  } catch {
    return undefined;
  }
}

export function isNode(value: unknown): value is TreeNode {
  return (
    typeof value === "object" &&
    value !== null &&
    "type" in value &&
    "start" in value &&
    typeof value.start === "number"
  );
}

/** The nodes right below one, in no certain order. */
export function childrenOf(node: TreeNode): TreeNode[] {
  return Object.values(node).flatMap((value) =>
    Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [],
  );
}

/** Nodes and all that is below them, save what is below those that `isClosed`. */
export function* nodesIn(
  nodes: readonly TreeNode[],
  isClosed: (node: TreeNode) => boolean = () => false,
): Generator<TreeNode> {
  for (const node of nodes) {
    yield node;
    if (!isClosed(node)) yield* nodesIn(childrenOf(node), isClosed);
  }
}

/** The text with edits made; one inside of another is left out. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = "";
  let at = 0;
  for (const { start, end, text: replacement } of edits.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    if (start < at) continue;
    result += text.slice(at, start) + replacement;
    at = end;
  }
  return result + text.slice(at);
}
