/**
 * The URL of a file of a package: `name@version` and the path below `base`. What tells several instances of a version apart
 * has no place in a path, so it is encoded into the same segment.
 * @param id of the package in the lockfile
 */
export function packageUrl(base: string, id: string, path: string): string {
  return `${base}${packageFolder(id)}/${path}`;
}

/** The package and the path in it that a part of a URL behind `base` names; the path is as written. */
export function readPackageAddress(address: string): { readonly id: string; readonly path: string } {
  const folder = /^(?:@[^/]+\/)?[^/]+/.exec(address)?.[0] ?? "";
  return { id: decodeSegment(folder), path: address.slice(folder.length + 1) };
}

function packageFolder(id: string): string {
  const at = id.indexOf("(");
  return at === -1 ? id : id.slice(0, at) + encodeURIComponent(id.slice(at));
}

/** What is no encoding names no package. */
function decodeSegment(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
