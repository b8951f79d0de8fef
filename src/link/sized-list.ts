/** A list as long as it will be, to be filled: one that grows has room for sixteen items more, and there are thousands. */
export function sizedList<Item>(length: number): Item[] {
  // oxlint-disable-next-line unicorn/no-new-array -- `Array.from` takes ten times as long
  return new Array<Item>(length);
}
