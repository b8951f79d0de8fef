import { formatIntegrity } from "../../../verify/integrity.ts";
import type { TextMap } from "../../lock.ts";
import { toRecord } from "../../lock.ts";
import { type BinaryResolution, readResolution } from "./binary-resolution.ts";
import type { BinaryView } from "./binary-view.ts";
import type { BunBinary } from "./read-bun-binary.ts";

/** One package, in the words of Bun's text lock. */
export interface BinaryPackage extends BinaryResolution {
  readonly name: string;
  /** Of the name, by `wyhash`. */
  readonly hash: bigint;
  readonly integrity: string | undefined;
  readonly requests: readonly BinaryRequest[];
  readonly os: readonly string[] | undefined;
  readonly cpu: readonly string[] | undefined;
  readonly bin: TextMap | string | undefined;
  readonly hasInstallScript: boolean;
  /** The scripts that Bun counts to what a project is: `preinstall` and so on, empty where there is none. */
  readonly scripts: readonly string[];
}

/** What a package asks for, and the number of what it gets. */
export interface BinaryRequest {
  readonly name: string;
  readonly range: string;
  readonly behavior: number;
  /** Undefined where it could not be had. */
  readonly target: number | undefined;
}

/** Bits of a request. */
export const BEHAVIOR = { normal: 2, optional: 4, dev: 8, peer: 16, workspace: 32, bundled: 64 } as const;

/** A request whose text is the path of a workspace. */
const WORKSPACE_REQUEST = 6;
const NOTHING = 0xffff_ffff;

const OS = ["aix", "darwin", "freebsd", "linux", "openbsd", "sunos", "win32", "android"] as const;
const CPU = ["arm", "arm64", "ia32", "mips", "mipsel", "ppc", "ppc64", "s390", "s390x", "x32", "x64"] as const;
const HASHES = [undefined, "sha1", "sha256", "sha384", "sha512"] as const;
const HASH_LENGTHS = [0, 20, 32, 48, 64] as const;
/** Widths of a record's other fields. */
const [SLICE, META, BIN, SCRIPTS] = [8, 88, 20, 49] as const;
const REQUEST = 26;

/** @throws LoaderError ERR_LOCKFILE_INVALID */
export function readPackages(file: BunBinary): BinaryPackage[] {
  const { view, count, records, resolutionWidth, hasScripts } = file;
  let start = records.start;
  const column = (width: number): ((id: number) => number) => {
    const from = start;
    start += width * count;
    return (id) => from + id * width;
  };
  const [name, hash, resolution] = [column(8), column(8), column(resolutionWidth)];
  const [requests, targets, meta, bin] = [column(SLICE), column(SLICE), column(META), column(BIN)];
  const scripts = hasScripts ? column(SCRIPTS) : undefined;
  if (start !== records.end) throw view.broken(records.end);
  return Array.from({ length: count }, (_, id): BinaryPackage => {
    const at = meta(id);
    const ownName = view.text(name(id));
    return {
      name: ownName,
      hash: view.u64(hash(id)),
      ...readResolution(file, resolution(id)),
      integrity: readIntegrity(view, at + 20),
      requests: readRequests(file, requests(id), targets(id)),
      os: platforms(OS, view.u16(at + 4)),
      cpu: platforms(CPU, view.u16(at + 2)),
      bin: readBin(file, bin(id)),
      hasInstallScript: view.u8(at + 85) === 2,
      scripts:
        scripts === undefined ? [] : Array.from({ length: 6 }, (_script, index) => view.text(scripts(id) + index * 8)),
    };
  });
}

function readIntegrity(view: BinaryView, at: number): string | undefined {
  const algorithm = view.u8(at);
  const name = HASHES[algorithm];
  return name === undefined ? undefined : formatIntegrity(name, view.bytes(at + 1, HASH_LENGTHS[algorithm] ?? 0));
}

/** Two slices of the same length: of the requests, and of what they lead to. */
function readRequests({ view, requests, targets, count }: BunBinary, slice: number, results: number): BinaryRequest[] {
  const [start, length] = [view.u32(slice), view.u32(slice + 4)];
  const from = requests.start + start * REQUEST;
  const to = targets.start + view.u32(results) * 4;
  if (from + length * REQUEST > requests.end || to + length * 4 > targets.end) throw view.broken(slice);
  return Array.from({ length }, (_, index): BinaryRequest => {
    const at = from + index * REQUEST;
    const target = view.u32(to + index * 4);
    if (target >= count && target !== NOTHING) throw view.broken(to + index * 4);
    const range = view.text(at + 18);
    return {
      name: view.text(at),
      // Bun wrote the path in the place of the range.
      range: view.u8(at + 17) === WORKSPACE_REQUEST && !range.startsWith("workspace:") ? `workspace:${range}` : range,
      behavior: view.u8(at + 16),
      target: target === NOTHING ? undefined : target,
    };
  });
}

/** One bit each, from the second on. The shorter of what it is for and what it is not for. */
function platforms(names: readonly string[], bits: number): readonly string[] | undefined {
  const isSet = (index: number): boolean => (bits & (1 << (index + 1))) !== 0;
  const for_ = names.filter((_, index) => isSet(index));
  const not = names.filter((_, index) => !isSet(index));
  if (not.length === 0) return undefined;
  if (for_.length === 0) return ["none"];
  return for_.length <= not.length ? for_ : not.map((name) => `!${name}`);
}

/** Nothing, one file, one with a name, a folder (which no lock keeps), or several. */
function readBin({ view, listed }: BunBinary, at: number): TextMap | string | undefined {
  const kind = view.u8(at);
  if (kind === 1) return view.text(at + 4);
  if (kind === 2) return toRecord([[view.text(at + 4), view.text(at + 12)]]);
  if (kind !== 4) return undefined;
  const [start, length] = [listed.start + view.u32(at + 4) * 16, view.u32(at + 8)];
  if (start + length * 16 > listed.end) throw view.broken(at);
  const texts = Array.from({ length }, (_, index) => view.text(start + index * 16));
  return toRecord(
    texts.flatMap((name, index): [string, string][] => (index % 2 === 0 ? [[name, texts[index + 1] ?? ""]] : [])),
  );
}
