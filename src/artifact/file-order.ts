/**
 * The order of files in an `.rbin`: by their names, then by their folders. Builds of one file for several targets have one
 * name, so that they come together, where compression finds what they have in common.
 * @returns a negative number, 0 or a positive number; strings compare by UTF-16 units
 */
export function compareFiles(a: string, b: string): number {
  return compare(nameOf(a), nameOf(b)) || compare(a, b);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
