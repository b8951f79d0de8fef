/** Paths of files. */
export interface FileSet {
  has(path: string): boolean;
}

/** Characters that mean something else in a URL than in a path. */
const AMBIGUOUS = /[?#%\\]/;

/**
 * The file of the package that a relative specifier names exactly, without probing and whatever the conditions are.
 * @param path the module that asks for it
 */
export function fileWithin(path: string, specifier: string, files: FileSet): string | undefined {
  if (!specifier.startsWith(".") || AMBIGUOUS.test(specifier)) return undefined;
  const parts = path.split("/").slice(0, -1);
  for (const part of specifier.split("/")) {
    if (part === "") return undefined;
    if (part === "..") {
      if (parts.pop() === undefined) return undefined;
    } else if (part !== ".") parts.push(part);
  }
  const target = parts.join("/");
  return files.has(target) ? target : undefined;
}
