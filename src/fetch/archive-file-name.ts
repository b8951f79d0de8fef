/** File name of an archive as registries have it: `node-22.0.0.tgz` for `@types/node`. */
export function archiveFileName(name: string, version: string): string {
  return `${name.slice(name.lastIndexOf("/") + 1)}-${version}.tgz`;
}
