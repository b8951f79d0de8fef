import { type Lock, type LockedImporter, type LockSource, type RequestMap, type TextMap, toRecord } from "../lock.ts";
import { isTable, LockFields, present, type Table } from "../lock-fields.ts";
import { archiveSource, type ImportOptions, projectPath } from "./archive-source.ts";
import { invalidForeign, invalidIn, parseForeignJson, unknownVersion } from "./foreign-text.ts";
import { type GraphNode, lockOfGraph } from "./graph-lock.ts";
import { manifestFacts } from "./manifest-facts.ts";

const FILE = "package-lock.json";
const MODULES = "node_modules/";

/** A place of npm's tree. */
interface Place {
  /** `""` is the root, then `node_modules/a`, `packages/ui`, `packages/ui/node_modules/b`, …. */
  readonly path: string;
  readonly entry: Table;
  /** The name it is found under, where a node_modules folder has it. */
  readonly alias: string | undefined;
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly resolved: string | undefined;
  readonly isLink: boolean;
  readonly dependencies: TextMap;
  readonly devDependencies: TextMap;
  readonly optionalDependencies: TextMap;
  readonly peerDependencies: TextMap;
}

type Places = ReadonlyMap<string, Place>;

/**
 * Imports npm's package-lock.json (or npm-shrinkwrap.json) of lockfileVersion 2 or 3, which npm has written since 2020.
 * @throws LoaderError ERR_LOCKFILE_INVALID, ERR_LOCKFILE_VERSION
 */
export function importPackageLock(text: string, options: ImportOptions): Lock {
  const root = parseForeignJson(FILE, text);
  const version = root["lockfileVersion"];
  if (version !== 2 && version !== 3) throw unknownVersion(FILE, version, "2 and 3");
  const places = readPlaces(root);
  const paths = foldersAskedFor(places);
  const nodes = new Map<string, GraphNode>();
  const importers: [string, LockedImporter][] = [];
  for (const place of places.values()) {
    const isWorkspace = place.alias === undefined && !paths.has(place.path);
    if (isWorkspace) importers.push([place.path || ".", importerOf(places, place)]);
    if (place.path === "" || place.isLink) continue;
    if (place.alias !== undefined) nodes.set(place.path, archiveNode(places, place, options));
    else nodes.set(place.path, folderNode(places, place, isWorkspace));
  }
  return lockOfGraph({ file: FILE, nodes, importers: toRecord(importers) });
}

function readPlaces(root: Table): Places {
  const invalid = invalidIn(FILE);
  const found = new Map<string, Place>();
  for (const [path, entry] of Object.entries(new LockFields(root, [], invalid).table("packages") ?? {})) {
    if (!isTable(entry)) throw invalidForeign(FILE, `"${path}" is not an object`);
    const fields = new LockFields(entry, ["packages", path], invalid);
    const modules = `/${path}`.lastIndexOf(`/${MODULES}`);
    found.set(path, {
      path,
      entry,
      alias: modules === -1 ? undefined : path.slice(modules + MODULES.length),
      name: fields.optionalText("name"),
      version: fields.optionalText("version"),
      resolved: fields.optionalText("resolved"),
      isLink: fields.flag("link") ?? false,
      dependencies: fields.textMap("dependencies") ?? {},
      devDependencies: fields.textMap("devDependencies") ?? {},
      optionalDependencies: fields.textMap("optionalDependencies") ?? {},
      peerDependencies: fields.textMap("peerDependencies") ?? {},
    });
  }
  if (!found.has("")) throw invalidForeign(FILE, 'it has no entry for the project itself ("")');
  return found;
}

/** Folders that somebody asks for by path; other folders that are linked are workspaces. */
function foldersAskedFor(places: Places): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const place of places.values()) {
    const asked = { ...place.dependencies, ...place.optionalDependencies, ...place.devDependencies };
    for (const [name, range] of Object.entries(asked)) {
      const target = /^(?:file|link):/.test(range) ? findPlace(places, place.path, name) : undefined;
      if (target !== undefined && target.alias === undefined) folders.add(target.path);
    }
  }
  return folders;
}

/** The place that `name` means: in the node_modules of a folder or in that of a folder above it, through links. */
function findPlace(places: Places, from: string, name: string): Place | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/")))) {
    const place = places.get(`${folder === "" ? "" : `${folder}/`}${MODULES}${name}`);
    if (place !== undefined) return place.isLink ? places.get(projectPath(place.resolved ?? "")) : place;
    if (folder === "") return undefined;
  }
}

function archiveNode(places: Places, place: Place, options: ImportOptions): GraphNode {
  const { entry, path, version, alias = "" } = place;
  const name = place.name ?? alias;
  if (version === undefined) throw invalidForeign(FILE, `"${path}" has no version`);
  const fields = new LockFields(entry, ["packages", path], invalidIn(FILE));
  const facts = {
    name,
    version,
    ...archiveSource({ name, version }, place.resolved, options),
    ...manifestFacts(name, entry),
    ...present({
      integrity: fields.optionalText("integrity"),
      bundled: fields.flag("inBundle"),
      installScript: fields.flag("hasInstallScript"),
    }),
  };
  return { facts, ...edgesOf(places, place) };
}

function folderNode(places: Places, place: Place, isWorkspace: boolean): GraphNode {
  const { path, version = "0.0.0", entry } = place;
  const source: LockSource = { kind: isWorkspace ? "workspace" : "path", path };
  const link = [...places.values()].find(({ isLink, resolved }) => isLink && projectPath(resolved ?? "") === path);
  const name = place.name ?? link?.alias ?? path.slice(path.lastIndexOf("/") + 1);
  if (isWorkspace)
    return { facts: { name, version, source }, dependencies: {}, optionalDependencies: {}, peerDependencies: {} };
  return { facts: { name, version, source, ...manifestFacts(name, entry) }, ...edgesOf(places, place) };
}

function edgesOf(places: Places, place: Place): Omit<GraphNode, "facts"> {
  const targets = (ranges: TextMap, mayMiss: (name: string) => boolean): TextMap => {
    const found = Object.keys(ranges).flatMap((name): [string, string][] => {
      const target = findPlace(places, place.path, name);
      if (target === undefined && !mayMiss(name))
        throw invalidForeign(FILE, `"${place.path}" depends on "${name}", which is not in it`);
      return target === undefined ? [] : [[name, target.path]];
    });
    return toRecord(found);
  };
  const isOptional = (name: string) => Object.hasOwn(place.optionalDependencies, name);
  const required = Object.entries(place.dependencies).filter(([name]) => !isOptional(name));
  return {
    dependencies: targets(toRecord(required), () => false),
    optionalDependencies: targets(place.optionalDependencies, () => true),
    peerDependencies: targets(place.peerDependencies, () => true),
  };
}

function importerOf(places: Places, place: Place): LockedImporter {
  const requests = (ranges: TextMap, mayMiss: boolean): RequestMap => {
    const found = Object.entries(ranges).map(([name, range]): [string, { range: string; id?: string }] => {
      const target = findPlace(places, place.path, name);
      if (target === undefined && !mayMiss)
        throw invalidForeign(FILE, `"${place.path || "."}" asks for "${name}", which is not in it`);
      return [name, target === undefined ? { range } : { range, id: target.path }];
    });
    return toRecord(found);
  };
  const isOptional = (name: string) => Object.hasOwn(place.optionalDependencies, name);
  const required = Object.entries(place.dependencies).filter(([name]) => !isOptional(name));
  return {
    ...present({ name: place.name, version: place.version }),
    dependencies: requests(toRecord(required), false),
    devDependencies: requests(place.devDependencies, false),
    optionalDependencies: requests(place.optionalDependencies, true),
    peerDependencies: requests(place.peerDependencies, true),
  };
}
