import validRange from "semver/ranges/valid.js";
import { integrityFromHex } from "../../verify/integrity.ts";
import {
  IMPORTER_KINDS,
  type Lock,
  type LockedImporter,
  type LockedRequest,
  type LockedUrl,
  lookup,
  type TextMap,
  toRecord,
} from "../lock.ts";
import { isTable, LockFields, present } from "../lock-fields.ts";
import { archiveSource, type ImportOptions } from "./archive-source.ts";
import { invalidForeign, invalidIn, parseForeignJson, unknownVersion } from "./foreign-text.ts";
import { type GraphNode, lockOfGraph } from "./graph-lock.ts";
import { manifestFacts } from "./manifest-facts.ts";
import { type Manifests, readManifests } from "./project-manifests.ts";

const FILE = "deno.lock";
const VERSIONS = ["4", "5"];
const SPECIFIER = /^(npm|jsr):((?:@[^/@]+\/)?[^/@]+)(?:@(.+))?$/;

/** A request as Deno writes it: `npm:react@19`. */
interface DenoRequest {
  readonly specifier: string;
  readonly scheme: string;
  readonly name: string;
  readonly range: string;
  /** Key of the package that it was given. */
  readonly key: string | undefined;
}

/**
 * Imports Deno's lock of version 4 or 5: npm and JSR packages, and modules imported by URL. Deno does not tell peers from
 * other dependencies; for JSR it has a hash of the version's manifest, kept as the artifact `jsr-manifest`.
 * @param manifests path of a workspace (`.` is the root) → its package.json, parsed, where it has one: deno.lock does not
 * have names, aliases and kinds
 * @throws LoaderError ERR_LOCKFILE_INVALID, ERR_LOCKFILE_VERSION
 */
export function importDenoLock(text: string, manifests: Manifests, options: ImportOptions): Lock {
  const root = parseForeignJson(FILE, text);
  const version = root["version"];
  if (typeof version !== "string" || !VERSIONS.includes(version))
    throw unknownVersion(FILE, version, VERSIONS.join(" and "));
  return new DenoGraph(new LockFields(root, [], invalidIn(FILE)), manifests, options).lock();
}

class DenoGraph {
  readonly #root: LockFields;
  readonly #options: ImportOptions;
  readonly #manifests: ReadonlyMap<string, LockFields>;
  readonly #specifiers: TextMap;
  readonly #nodes = new Map<string, GraphNode>();
  /** `npm:name` → keys of its versions. */
  readonly #versions = new Map<string, string[]>();

  constructor(root: LockFields, manifests: Manifests, options: ImportOptions) {
    this.#root = root;
    this.#options = options;
    this.#specifiers = root.textMap("specifiers") ?? {};
    this.#manifests = readManifests(manifests);
  }

  lock(): Lock {
    const packages = (["npm", "jsr"] as const).flatMap((scheme) =>
      Object.keys(this.#root.table(scheme) ?? {}).map((id) => ({ scheme, id, ...splitId(id) })),
    );
    for (const { scheme, name, id } of packages) {
      const versions = this.#versions.get(`${scheme}:${name}`) ?? [];
      this.#versions.set(`${scheme}:${name}`, [...versions, `${scheme}:${id}`]);
    }
    for (const { scheme, id, name, version } of packages)
      this.#nodes.set(`${scheme}:${id}`, this.#node(scheme, id, name, version));
    const listed = this.#listedRequests();
    const importers = [...listed].map(([path, requests]): [string, LockedImporter] => [
      path,
      this.#importer(path, requests),
    ]);
    const isListed = new Set([...listed.values()].flat().map(({ specifier }) => specifier));
    const imports = Object.keys(this.#specifiers)
      .filter((specifier) => !isListed.has(specifier))
      .flatMap((specifier): [string, string][] => {
        const { key } = this.#request(specifier);
        return key === undefined ? [] : [[specifier.replace(/^npm:/, ""), key]];
      });
    return lockOfGraph({
      file: FILE,
      nodes: this.#nodes,
      importers: toRecord(importers),
      imports: toRecord(imports),
      rest: { urls: this.#urls() },
    });
  }

  #node(scheme: "npm" | "jsr", id: string, name: string, version: string): GraphNode {
    const entry = this.#root.table(scheme)?.[id];
    if (!isTable(entry)) throw invalidForeign(FILE, `"${id}" is not an object`);
    const fields = new LockFields(entry, [scheme, id], invalidIn(FILE));
    const edges = (kind: string) => (fields.texts(kind) ?? []).map((edge) => this.#edge(scheme, id, edge));
    const optional = edges("optionalDependencies");
    const peers = (fields.texts("optionalPeers") ?? [])
      .filter((edge) => this.#hasVersion(edge))
      .map((edge) => this.#edge(scheme, id, edge));
    const apart = new Set([...optional, ...peers].map(([edge]) => edge));
    const integrity = fields.text("integrity");
    const facts: GraphNode["facts"] =
      scheme === "jsr"
        ? {
            name,
            version,
            source: { kind: "registry", registry: "jsr" },
            artifacts: { "jsr-manifest": `sha256:${integrity}` },
          }
        : {
            name,
            version,
            ...archiveSource({ name, version }, fields.optionalText("tarball"), this.#options),
            integrity,
            ...manifestFacts(name, { os: entry["os"], cpu: entry["cpu"] }),
            ...present({
              installScript: fields.flag("scripts"),
              optionalPeers: peers.length === 0 ? undefined : peers.map(([edge]) => edge),
            }),
          };
    return {
      facts,
      dependencies: toRecord(edges("dependencies").filter(([edge]) => !apart.has(edge))),
      optionalDependencies: toRecord(optional),
      peerDependencies: toRecord(peers),
    };
  }

  /** Optional peers that are not there are listed too, with the range that they would have. */
  #hasVersion(edge: string): boolean {
    return (
      this.#nodes.has(`npm:${edge}`) ||
      this.#root.table("npm")?.[edge] !== undefined ||
      this.#versions.has(`npm:${edge}`)
    );
  }

  /** `name` where there is one version of it, else `name@version`; `alias@npm:name@version`; for JSR a specifier. */
  #edge(scheme: "npm" | "jsr", owner: string, edge: string): [string, string] {
    const [, alias, aliased] = /^((?:@[^/@]+\/)?[^/@]+)@npm:(.+)$/.exec(edge) ?? [];
    const target = aliased ?? edge;
    const { key, name } = SPECIFIER.test(target) ? this.#request(target) : this.#request(`${scheme}:${target}`);
    if (key === undefined) throw invalidForeign(FILE, `"${owner}" depends on "${edge}", which is not in it`);
    return [alias ?? name, key];
  }

  #request(specifier: string): DenoRequest {
    const [, scheme = "", name = "", range = "*"] = SPECIFIER.exec(specifier) ?? [];
    const version = lookup(this.#specifiers, specifier);
    const versions = this.#versions.get(`${scheme}:${name}`) ?? [];
    const exact = version === undefined ? specifier : `${scheme}:${name}@${version}`;
    const key = versions.includes(exact)
      ? exact
      : specifier === `${scheme}:${name}` && versions.length === 1
        ? versions[0]
        : undefined;
    return { specifier, scheme, name, range, key };
  }

  /** Path of each importer → what Deno lists for it, from deno.json and package.json. */
  #listedRequests(): Map<string, readonly DenoRequest[]> {
    const workspace = new LockFields(this.#root.table("workspace") ?? {}, ["workspace"], invalidIn(FILE));
    const members = Object.entries(workspace.table("members") ?? {});
    const listOf = (fields: LockFields) => {
      const manifest = new LockFields(fields.table("packageJson") ?? {}, fields.at("packageJson"), invalidIn(FILE));
      const specifiers = [...(fields.texts("dependencies") ?? []), ...(manifest.texts("dependencies") ?? [])];
      return specifiers.map((specifier) => this.#request(specifier));
    };
    const listed = new Map([[".", listOf(workspace)]]);
    for (const [path, member] of members)
      listed.set(
        path,
        listOf(new LockFields(isTable(member) ? member : {}, ["workspace", "members", path], invalidIn(FILE))),
      );
    return listed;
  }

  /** What the manifest asks for, and what else Deno lists, which is from deno.json. */
  #importer(path: string, listed: readonly DenoRequest[]): LockedImporter {
    const manifest = this.#manifests.get(path);
    const left = new Set(listed);
    const [dependencies = {}, devDependencies = {}, optionalDependencies = {}, peerDependencies = {}] =
      IMPORTER_KINDS.map((kind) => {
        const found = Object.entries(manifest?.textMap(kind) ?? {}).map(([name, range]): [string, LockedRequest] => {
          const request = listed.find((one) => isSameRequest(one, name, range));
          if (request !== undefined) left.delete(request);
          const id = request?.key ?? this.#workspaceKey(name);
          if (id === undefined && (kind === "dependencies" || kind === "devDependencies"))
            throw invalidForeign(FILE, `"${path}" asks for "${name}@${range}", which is not in it`);
          return [name, id === undefined ? { range } : { range, id }];
        });
        return toRecord(found);
      });
    for (const { name, range, scheme, specifier } of left) {
      const key = this.#request(specifier).key ?? this.#workspaceKey(name);
      if (key === undefined) throw invalidForeign(FILE, `"${path}" asks for "${specifier}", which is not in it`);
      const asked = scheme === "npm" ? range : specifier;
      dependencies[Object.hasOwn(dependencies, name) ? `${name}@${range}` : name] = { range: asked, id: key };
    }
    const identity = present({ name: manifest?.optionalText("name"), version: manifest?.optionalText("version") });
    return { ...identity, dependencies, devDependencies, optionalDependencies, peerDependencies };
  }

  #workspaceKey(name: string): string | undefined {
    for (const [path, manifest] of this.#manifests) {
      if (path === "." || manifest.optionalText("name") !== name) continue;
      const facts = {
        name,
        version: manifest.optionalText("version") ?? "0.0.0",
        source: { kind: "workspace", path } as const,
      };
      this.#nodes.set(`workspace:${path}`, { facts, dependencies: {}, optionalDependencies: {}, peerDependencies: {} });
      return `workspace:${path}`;
    }
    return undefined;
  }

  #urls(): Lock["urls"] {
    const hashes = this.#root.textMap("remote") ?? {};
    const redirects = this.#root.textMap("redirects") ?? {};
    const entries = Object.entries({ ...toRecord(Object.keys(hashes).map((url) => [url, url])), ...redirects });
    return toRecord(
      entries.map(([url, resolved]): [string, LockedUrl] => {
        const hash = lookup(hashes, resolved);
        if (hash === undefined) throw invalidForeign(FILE, `"${url}" leads to "${resolved}", which has no hash in it`);
        return [url, { resolved, integrity: integrityFromHex("sha256", hash) }];
      }),
    );
  }
}

/** `react@19.3.1_peer@1.0.0` → its name and version; what follows the `_` tells instances apart. */
function splitId(id: string): { name: string; version: string } {
  const [, name, version] = /^((?:@[^/@]+\/)?[^/@]+)@([^_]+)(?:_.*)?$/s.exec(id) ?? [];
  if (name === undefined || version === undefined) throw invalidForeign(FILE, `"${id}" is not name@version`);
  return { name, version };
}

/** Deno writes the shortest range that means the same: `19` for `^19.0.0`. */
function isSameRequest(request: DenoRequest, name: string, range: string): boolean {
  const [, aliased, aliasedRange = "*"] = /^npm:((?:@[^/@]+\/)?[^/@]+)(?:@(.+))?$/.exec(range) ?? [];
  const wanted = aliased === undefined ? range : aliasedRange;
  if (request.name !== (aliased ?? name)) return false;
  return (
    request.range === wanted || (validRange(request.range) !== null && validRange(request.range) === validRange(wanted))
  );
}
