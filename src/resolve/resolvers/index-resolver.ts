import { LoaderError } from "../../errors.ts";
import { readIndexEntry, type IndexEntry } from "./index-entry.ts";
import type { Resolver, ResolverPorts } from "./resolver.ts";

/** A registry that is one file. */
export interface IndexRegistry {
  /** Beginnings of the names that it has: `@author/`. */
  readonly prefixes: readonly string[];
  /** Of its `modules.json`. */
  readonly url: string;
  readonly priority?: number;
}

/**
 * Modules of a registry whose index is a `modules.json` (M14, M62 to M65): `@author/name`, `@author/name@1.0.0`,
 * `@author/name@stable`. What an index says of a module's content is its integrity.
 * @throws (when it is asked) LoaderError ERR_PACKAGE_NOT_FOUND, ERR_VERSION_NOT_FOUND, ERR_RUNTIME_MISSING, ERR_INDEX_INVALID
 * and what fetching throws
 */
export function indexResolver({ prefixes, url, priority }: IndexRegistry): Resolver {
  return {
    name: `index ${url}`,
    prefixes,
    ...(priority !== undefined && { priority }),
    async resolve(specifier, ports) {
      const [, name = specifier, wanted = "latest"] = /^(@?[^@]+)(?:@(.+))?$/.exec(specifier) ?? [];
      const entry = readIndexEntry(await ports.fetchText(url), name, url);
      assertVersion(entry, name, wanted);
      assertRuns(entry, name, ports);
      const { url: source, contentHash } = entry.source;
      return contentHash === undefined ? source : `${source}#${contentHash.replace(/^sha256:/, "sha256-")}`;
    },
  };
}

/** An index has the address of one version; others are named so that the error can name them. */
function assertVersion({ version, tags, availableVersions }: IndexEntry, name: string, wanted: string): void {
  const meant = tags[wanted] ?? wanted;
  if (meant === version || wanted === "latest") return;
  const known = [...new Set([version, ...availableVersions])].join(", ");
  throw new LoaderError("ERR_VERSION_NOT_FOUND", `The index has "${name}" in version ${version}, not "${wanted}"`, {
    package: name,
    specifier: `${name}@${wanted}`,
    expected: meant,
    actual: version,
    hint: `there are ${known}; tags: ${Object.keys(tags).join(", ") || "none"}`,
  });
}

/** `needs` says which runtime a module is for: programs run in a page unless Node's modules are there. */
function assertRuns({ needs }: IndexEntry, name: string, { builtins }: ResolverPorts): void {
  const missing = needs.filter(
    (need) => need !== "js" && need !== "browser" && !(need === "node" && builtins.size > 0),
  );
  if (missing.length === 0) return;
  throw new LoaderError("ERR_RUNTIME_MISSING", `"${name}" needs ${missing.join(" and ")}, which is not here`, {
    package: name,
    needs,
  });
}
