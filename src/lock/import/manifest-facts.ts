import type { LockedPackage, TextMap } from "../lock.ts";
import { isTable, present, type Table } from "../lock-fields.ts";

/** What a lock keeps of a package's manifest besides its dependencies. */
type ManifestFacts = Partial<Pick<LockedPackage, "deprecated" | "os" | "cpu" | "libc" | "optionalPeers" | "bin">>;

/**
 * Reads the fields that locks copy from manifests. Manifests have them in several shapes, and what has none of these is left
 * out, as the tools do: `os` may be one text, `bin` one file, `deprecated` false.
 * @param name the package's, which is the command's where `bin` is one file
 */
export function manifestFacts(name: string, entry: Table): ManifestFacts {
  const { deprecated, os, cpu, libc, bin, peerDependenciesMeta } = entry;
  const peers = isTable(peerDependenciesMeta) ? Object.entries(peerDependenciesMeta) : [];
  const optional = peers.filter(([, meta]) => isTable(meta) && meta["optional"] === true).map(([peer]) => peer);
  const listed = textOrTexts(entry["optionalPeers"]) ?? [];
  const optionalPeers = [...new Set([...optional, ...listed])];
  return present({
    deprecated: typeof deprecated === "string" && deprecated !== "" ? deprecated : undefined,
    os: textOrTexts(os),
    cpu: textOrTexts(cpu),
    libc: textOrTexts(libc),
    optionalPeers: optionalPeers.length === 0 ? undefined : optionalPeers,
    bin: commandsOf(name, bin),
  });
}

/** What tools write as one text or as a list of them. */
function textOrTexts(value: unknown): readonly string[] | undefined {
  if (typeof value === "string") return [value];
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "string")
    ? value
    : undefined;
}

function commandsOf(name: string, bin: unknown): TextMap | undefined {
  if (typeof bin === "string") return { [name.slice(name.lastIndexOf("/") + 1)]: bin };
  return isTable(bin) && Object.values(bin).every((file) => typeof file === "string") ? (bin as TextMap) : undefined;
}
