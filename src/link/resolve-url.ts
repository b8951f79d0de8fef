import { LoaderError } from "../errors.ts";
import { lookup } from "../lock/lock.ts";
import type { KnownMode } from "../resolve/import-mode.ts";
import { decodePath } from "../specifier/decode-path.ts";
import type { UrlSpecifier } from "../specifier/url-specifier.ts";
import type { LinkContext, ResolveRequest } from "./link-context.ts";
import type { ModuleReference } from "./module-graph.ts";
import { EMPTY, emptyReference, fileReference, PROJECT_FOLDER, projectReference, viewOf } from "./module-references.ts";
import { readPackageAddress } from "./package-address.ts";
import { resolveProjectFile } from "./project-files.ts";

/** A module without a folder, as a `data:` URL is, has nothing beside it. */
export function besideUrl(path: string, { referrer, details }: ResolveRequest): string {
  const url = URL.parse(path, referrer.url);
  if (url !== null) return url.href;
  const message = `"${path}" is not a path beside "${referrer.url}"`;
  throw new LoaderError("ERR_INVALID_MODULE_SPECIFIER", message, { ...details, specifier: path });
}

/**
 * The module at a URL; at an address of the program the module that has it.
 * @throws LoaderError of the stages fetch and verify; ERR_MODULE_NOT_FOUND
 */
export async function resolveUrl(
  { url, integrity }: Pick<UrlSpecifier, "url" | "integrity">,
  request: ResolveRequest,
  context: LinkContext,
  { lockedAs = url, mode }: { readonly lockedAs?: string | undefined; readonly mode?: KnownMode } = {},
): Promise<ModuleReference> {
  if (url.startsWith(context.base)) return resolveOwn(url, request, context);
  if (url.startsWith("data:")) return { url, owner: { kind: "url" }, path: url };
  const expected = integrity ?? context.importMap?.integrity.get(url);
  const wanted = { integrity: expected, lockedAs, ...(mode !== undefined && { mode }) };
  const source = await context.sources.url(url, request.details.referrer ?? "", wanted);
  return { url: source.url, owner: { kind: "url" }, path: new URL(source.url).pathname };
}

/** An address of the program itself: `import.meta.url`, `import.meta.resolve()` and `new URL()` give such. */
async function resolveOwn(
  url: string,
  request: Pick<ResolveRequest, "details" | "referrer">,
  context: LinkContext,
): Promise<ModuleReference> {
  const { details } = request;
  const address = url.slice(context.base.length).replace(/[?#].*$/, "");
  const path = decodePath(address);
  if (path.startsWith(`${PROJECT_FOLDER}/`)) {
    const file = path.slice(PROJECT_FOLDER.length);
    return projectReference(resolveProjectFile(file, "/", context.sources.files, details), context);
  }
  if (path === EMPTY) return emptyReference(context);
  const native = context.nativeModules.nameAt(url);
  if (native !== undefined) return context.nativeModules.reference(native, request.referrer, details);
  const { id: key, path: written } = readPackageAddress(address);
  const file = decodePath(written);
  const isLocked = lookup(context.sources.lockfile().packages, key) !== undefined;
  if (isLocked && viewOf(key, await context.sources.artifact(key, details.referrer ?? "")).hasFile(file))
    return fileReference(key, file, context);
  const message = `"${path}" is not part of the program`;
  throw new LoaderError("ERR_MODULE_NOT_FOUND", message, { ...details, specifier: url });
}
