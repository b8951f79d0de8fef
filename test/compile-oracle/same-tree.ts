/** Fields that say where a node stands, or how it is written. */
const IGNORED = new Set(["start", "end", "range", "loc", "raw", "directive"]);

/** Where two syntax trees differ: the path to the first difference; undefined where they are the same. */
export function treeDifference(a: unknown, b: unknown): string | undefined {
  const stack: [unknown, unknown, string][] = [[a, b, ""]];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const [left, right, path] = next;
    if (left === right) continue;
    if (!isObject(left) || !isObject(right)) {
      if (Number.isNaN(left) && Number.isNaN(right)) continue;
      return `${path}: ${shown(left)} is ${shown(right)}`;
    }
    for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
      if (!IGNORED.has(key) && !(key === "value" && "regex" in left))
        stack.push([left[key], right[key], `${path}.${key}`]);
    }
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function shown(value: unknown): string {
  if (isObject(value)) return typeof value["type"] === "string" ? value["type"] : "an object";
  return typeof value === "bigint" ? `${value}n` : (JSON.stringify(value) ?? "missing");
}
