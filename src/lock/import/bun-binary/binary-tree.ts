import type { BunBinary } from "./read-bun-binary.ts";

/** What the root's tree has in the place of a request: none led to it. Bun before 1 had numbers of packages there. */
const ROOT = 0xffff_fffe;
const NOTHING = 0xffff_ffff;
const [TREE, REQUEST] = [20, 26] as const;

/**
 * Where Bun put packages: names that lead there, as keys of the text lock have them (`a/@org/b`) → the number of the package. Peers
 * mean what is found from there. Of very old files it is empty.
 * @throws LoaderError ERR_LOCKFILE_INVALID
 */
export function readPlaces({ view, trees, places, requests, targets, count }: BunBinary): Map<string, number> {
  const found = new Map<string, number>();
  const paths: string[] = [];
  const nameOf = (request: number): string => {
    const at = requests.start + request * REQUEST;
    if (at >= requests.end) throw view.broken(at);
    return view.text(at);
  };
  if (trees.start === trees.end || view.u32(trees.start + 4) !== ROOT) return found;
  for (let at = trees.start; at < trees.end; at += TREE) {
    const [request, parent, start, length] = [4, 8, 12, 16].map((offset) => view.u32(at + offset)) as [
      number,
      number,
      number,
      number,
    ];
    const above = request === ROOT ? "" : paths[parent];
    if (above === undefined || places.start + (start + length) * 4 > places.end) throw view.broken(at);
    const path = request === ROOT ? "" : `${above}${nameOf(request)}/`;
    paths.push(path);
    for (let index = 0; index < length; index += 1) {
      const placed = view.u32(places.start + (start + index) * 4);
      const name = nameOf(placed);
      const target = view.u32(targets.start + placed * 4);
      if (target !== NOTHING && target >= count) throw view.broken(at);
      if (target !== NOTHING) found.set(path + name, target);
    }
  }
  return found;
}
