import { decodePath } from "../specifier/decode-path.ts";
import type { PackageArtifact } from "../artifact/package-artifact.ts";
import type { GraphModule, ModuleGraph } from "../link/module-graph.ts";
import { readPackageAddress } from "../link/package-address.ts";
import { type LinkContext, PROJECT_FOLDER } from "../link/resolve-request.ts";
import { packageNameOf } from "../resolve/package-request.ts";
import type { Asset } from "../run/image.ts";

const TYPES: Readonly<Record<string, string>> = {
  js: "text/javascript",
  mjs: "text/javascript",
  cjs: "text/javascript",
  json: "application/json",
  wasm: "application/wasm",
  css: "text/css",
  html: "text/plain",
  txt: "text/plain",
  svg: "image/svg+xml",
  png: "image/png",
  jpg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
};

/**
 * The file that a running program means by `url`: a module's own bytes, a file of the project, a file of a loaded
 * package. Code that was written to sit beside its files asks for them by bare name (`fetch("sql-wasm.wasm")`), or where
 * npm puts them (`fetch("node_modules/argon2-browser/dist/argon2.wasm")`); such a name is looked for beside the modules
 * of the program, and in its packages.
 */
export async function findAsset(
  url: string,
  graph: ModuleGraph,
  artifacts: ReadonlyMap<string, PackageArtifact>,
  { base, sources }: Pick<LinkContext, "base" | "sources">,
): Promise<Asset | undefined> {
  const address = url.replace(/[?#].*$/, "");
  const module = graph.get(address) ?? graph.get(`${address}#source`) ?? graph.get(`${address}#bytes`);
  if (module?.bytes !== undefined) return createAsset(module.bytes, address);
  if (!address.startsWith(base)) return undefined;
  const path = decodePath(address.slice(base.length));
  if (!path.startsWith(`${PROJECT_FOLDER}/`)) {
    const { id, path: written } = readPackageAddress(address.slice(base.length));
    return packageFile(id, decodePath(written), artifacts);
  }
  const text = sources.files.get(path.slice(PROJECT_FOLDER.length));
  if (text !== undefined) return createAsset(new TextEncoder().encode(text), path);
  const name = path.slice(PROJECT_FOLDER.length + 1);
  return (await installed(name, artifacts)) ?? sibling(name, graph, artifacts);
}

/** A file of a loaded package under the name that it has where npm installs it. */
async function installed(name: string, artifacts: ReadonlyMap<string, PackageArtifact>): Promise<Asset | undefined> {
  const [, packageName = "", file = ""] = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\/(.+)$/.exec(name) ?? [];
  const key = [...artifacts.keys()].find((candidate) => packageNameOf(candidate) === packageName);
  return key === undefined ? undefined : packageFile(key, file, artifacts);
}

async function packageFile(
  id: string,
  path: string,
  artifacts: ReadonlyMap<string, PackageArtifact>,
): Promise<Asset | undefined> {
  const artifact = artifacts.get(id);
  const file = artifact?.index.files.get(path);
  return artifact === undefined || file === undefined ? undefined : createAsset(await artifact.bytes(file), path);
}

async function sibling(
  name: string,
  graph: ModuleGraph,
  artifacts: ReadonlyMap<string, PackageArtifact>,
): Promise<Asset | undefined> {
  for (const { owner, path } of graph.values() as Iterable<GraphModule>) {
    if (owner.kind !== "package") continue;
    const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/") + 1) : "";
    const found = await packageFile(owner.key, folder + name, artifacts);
    if (found !== undefined) return found;
  }
  return undefined;
}

function createAsset(bytes: Uint8Array<ArrayBuffer>, path: string): Asset {
  const extension = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? "";
  return { bytes: bytes.slice(), type: TYPES[extension] ?? "application/octet-stream" };
}
