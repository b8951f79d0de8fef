import { invalidForeign, unknownVersion } from "../foreign-text.ts";
import { type BinaryArray, BinaryView, FILE } from "./binary-view.ts";

/** What every `bun.lockb` begins with. */
const HEADER = "#!/usr/bin/env bun\nbun-lockfile-format-v0\n";
/** Bytes of the numbers of a version, and before them the place of the archive, which the first format did not have. */
const FORMATS: Readonly<
  Record<number, { readonly resolution: number; readonly url: boolean; readonly wide: boolean }>
> = {
  1: { resolution: 56, url: false, wide: false },
  2: { resolution: 64, url: true, wide: false },
  3: { resolution: 72, url: true, wide: true },
};

/** A `bun.lockb` (P20, P22), taken apart into what it is made of. */
export interface BunBinary {
  readonly view: BinaryView;
  /** SHA-512/256 of what the file says of packages, 32 bytes. */
  readonly metaHash: Uint8Array;
  /** Number of packages. */
  readonly count: number;
  /** Their records, one field of all after the other. */
  readonly records: BinaryArray;
  readonly resolutionWidth: number;
  /** Whether resolutions have the place of the archive, and whether numbers of versions have 64 bits. */
  readonly hasUrls: boolean;
  readonly wideVersions: boolean;
  /** Whether records have scripts: they do since Bun 1. */
  readonly hasScripts: boolean;
  /** Folders of packages, and the numbers of requests that are met in them. */
  readonly trees: BinaryArray;
  readonly places: BinaryArray;
  /** Requests of all packages, and beside them numbers of what they lead to. */
  readonly requests: BinaryArray;
  readonly targets: BinaryArray;
  /** Texts of lists and maps. */
  readonly listed: BinaryArray;
  /** Where the tagged sections begin. */
  readonly sections: number;
}

/** Widths of the arrays, in their order: trees, places, targets, requests, listed texts, bytes of texts. */
const WIDTHS = [20, 4, 4, 26, 16, 1] as const;

/** @throws LoaderError ERR_LOCKFILE_INVALID, ERR_LOCKFILE_VERSION */
export function readBunBinary(bytes: Uint8Array): BunBinary {
  const header = new TextEncoder().encode(HEADER);
  if (header.some((byte, index) => bytes[index] !== byte)) throw invalidForeign(FILE, "it does not begin as one does");
  const whole = new BinaryView(bytes, bytes.length);
  const version = whole.u32(header.length);
  const format = FORMATS[version];
  if (format === undefined) throw unknownVersion(FILE, version, "1 to 3");
  const at = header.length + 4;
  const view = new BinaryView(bytes, whole.number(at + 32));
  // Number of packages, alignment, number of fields, place of the records.
  const [count, , fields, start, end] = [40, 48, 56, 64, 72].map((offset) => view.number(at + offset));
  if (count === undefined || start === undefined || end === undefined || start > end) throw view.broken(at + 40);
  if (fields !== 7 && fields !== 8) throw view.broken(at + 56);
  let place = end;
  const arrays = WIDTHS.map((width) => {
    const array = view.array(place, width);
    place = array.end;
    return array;
  });
  const [trees, places, targets, requests, listed, texts] = arrays as [
    BinaryArray,
    BinaryArray,
    BinaryArray,
    BinaryArray,
    BinaryArray,
    BinaryArray,
  ];
  view.useTexts(texts);
  if (view.u64(place) !== 0n) throw view.broken(place);
  return {
    view,
    metaHash: view.bytes(at, 32),
    count,
    records: { start, end },
    resolutionWidth: format.resolution,
    hasUrls: format.url,
    wideVersions: format.wide,
    hasScripts: fields === 8,
    trees,
    places,
    requests,
    targets,
    listed,
    sections: place + 8,
  };
}
