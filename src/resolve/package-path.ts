/** Paths inside a package or a tree of files: segments with `/` between them, none of them `.`, `..` or empty. */

/** Whether `path` is below `folder`; everything is below `""`. */
export function isWithin(path: string, folder: string): boolean {
  return folder === "" || path.startsWith(`${folder}/`);
}

/** The folder that holds `path`, `""` for the outermost. */
export function folderOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
}

/** `path` below `folder`, as written. */
export function joinPath(folder: string, path: string): string {
  return folder === "" ? path : `${folder}/${path}`;
}

/** `a/./b/../c` → `a/c`; what climbs out becomes `..`, a path that nothing has. */
export function normalize(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment !== "..") segments.push(segment);
    else if (segments.pop() === undefined) return "..";
  }
  return segments.join("/");
}

/** Whether a path as it is written can only name a folder: `.`, `..`, or with a `/` at its end. */
export function namesFolder(path: string): boolean {
  return /(?:^|\/)\.{0,2}$/.test(path);
}
