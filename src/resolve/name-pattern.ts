/** Tells names that a pattern means from others; `*` stands for any part of a name. */
export function namePattern(pattern: string): (name: string) => boolean {
  const parts = pattern.split("*");
  return (name) => matchesParts(name, parts);
}

/** Whether the parts come in a name one after the other, the first at its start, the last at its end. */
function matchesParts(name: string, parts: readonly string[]): boolean {
  const [first = "", ...others] = parts;
  const last = others.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  for (const part of others) {
    const found = name.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}
