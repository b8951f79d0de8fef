/** A path of a URL as files are named; a `%` that encodes nothing means itself. */
export function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
