import type { BunBinary } from "./read-bun-binary.ts";

/** Where a package comes from, in the order of the numbers that the file has for it. */
export const RESOLUTION_KINDS = [
  "root",
  "npm",
  "folder",
  "file",
  "github",
  "gitlab",
  "git",
  "link",
  "workspace",
  "url",
] as const;
const NUMBERS = [1, 2, 4, 8, 16, 24, 32, 64, 72, 80];

export type ResolutionKind = (typeof RESOLUTION_KINDS)[number];

export interface BinaryResolution {
  readonly kind: ResolutionKind;
  /** As the text lock has it after `name@`: a version, `workspace:path`, `file:path`, `github:user/repo#commit`, a URL. */
  readonly resolution: string;
  /** Where the archive is, as the registry said; empty for its usual place. */
  readonly url: string;
}

/** @throws LoaderError ERR_LOCKFILE_INVALID */
export function readResolution(file: BunBinary, at: number): BinaryResolution {
  const { view, hasUrls } = file;
  const kind = RESOLUTION_KINDS[NUMBERS.indexOf(view.u8(at))];
  if (kind === undefined) throw view.broken(at);
  const url = kind === "npm" && hasUrls ? view.text(at + 8) : "";
  return { kind, resolution: textOf(kind, file, at + 8), url };
}

function textOf(kind: ResolutionKind, file: BunBinary, at: number): string {
  const { view } = file;
  if (kind === "root") return "root:";
  if (kind === "npm") return readVersion(file, file.hasUrls ? at + 8 : at);
  if (kind === "github" || kind === "gitlab" || kind === "git") return readRepository(kind, file, at);
  if (kind === "url" || kind === "file") return view.text(at);
  return `${kind === "folder" ? "file" : kind}:${view.text(at)}`;
}

/** Three numbers, then two texts each with its hash: what stands behind `-` and `+`. */
export function readVersion({ view, wideVersions }: Pick<BunBinary, "view" | "wideVersions">, at: number): string {
  const numbers = [0, 1, 2].map((index) => (wideVersions ? view.u64(at + index * 8) : view.u32(at + index * 4)));
  const texts = at + (wideVersions ? 24 : 16);
  const [pre, build] = [view.text(texts), view.text(texts + 16)];
  return `${numbers.join(".")}${pre === "" ? "" : `-${pre}`}${build === "" ? "" : `+${build}`}`;
}

/** Bytes of a version. */
export const versionWidth = ({ wideVersions }: Pick<BunBinary, "wideVersions">): number => (wideVersions ? 56 : 48);

/** Owner, repository, what was asked for, and what that was: of a forge's archive `owner-repository-commit`. */
function readRepository(kind: ResolutionKind, { view }: BunBinary, at: number): string {
  const [owner = "", repository = "", asked = "", resolved = ""] = [0, 8, 16, 24].map((offset) =>
    view.text(at + offset),
  );
  const commit = resolved === "" ? asked : resolved.slice(resolved.lastIndexOf("-") + 1);
  const address = owner === "" ? repository : `${owner}/${repository}`;
  const scheme = kind === "github" ? "github:" : kind === "gitlab" ? "gitlab:" : "git+";
  return `${scheme}${isSshPath(kind, address) ? "ssh://" : ""}${address}${commit === "" ? "" : `#${commit}`}`;
}

/** `git@host:path`, as ssh has it. */
function isSshPath(kind: ResolutionKind, address: string): boolean {
  return kind === "git" && !address.includes("://") && /^[^/]+@[^/]+:/.test(address);
}
