import { LoaderError } from "../errors.ts";
import { archiveFileName } from "./archive-file-name.ts";

/**
 * Where a registry has a package's packument.
 * @throws LoaderError ERR_INVALID_PACKAGE_NAME
 */
export function packumentUrl(base: string, name: string): string {
  return base + nameSegments(name).join("%2f");
}

/**
 * Where a registry has an archive: at the usual path, or where `dist.tarball` says; that may be another path, but not
 * another server.
 * @throws LoaderError ERR_INVALID_PACKAGE_NAME
 */
export function archiveUrl(base: string, name: string, version: string, tarball: string | undefined): string {
  const usual = `${base}${nameSegments(name).join("/")}/-/${encodeURIComponent(archiveFileName(name, version))}`;
  if (tarball === undefined || !URL.canParse(tarball, base)) return usual;
  const url = new URL(tarball, base);
  return url.origin === new URL(base).origin && url.username + url.password === "" ? url.href : usual;
}

/**
 * The name made safe for a URL path. Names also come out of packuments, where anything may be written.
 * @throws LoaderError ERR_INVALID_PACKAGE_NAME
 */
export function nameSegments(name: string): string[] {
  const isName = /^(?:@[^/]+\/)?[^@/][^/]*$/.test(name) && !/(?:^|\/)\.\.?$/.test(name);
  if (!isName) {
    throw new LoaderError("ERR_INVALID_PACKAGE_NAME", `"${name}" is not a package name`, { package: name });
  }
  return name.split("/").map((segment) => encodeURIComponent(segment).replace(/^%40/, "@"));
}
