/** The folder of a path, with its slash; empty for the package itself. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

/** The shortest relative specifier by which a module in `folder` names the file `path`: `./b.js`, `../a/b.js`. */
export function relativeSpecifier(folder: string, path: string): string {
  if (path.startsWith(folder)) return `./${path.slice(folder.length)}`;
  let shared = folder.lastIndexOf("/", folder.length - 2) + 1;
  let up = "../";
  while (!path.startsWith(folder.slice(0, shared))) {
    shared = folder.lastIndexOf("/", shared - 2) + 1;
    up += "../";
  }
  return up + path.slice(shared);
}
