import { type ModuleRecord, type Numbers, PART, PART_STRIDE, RELOCATION_STRIDE } from "../../artifact/module-record.ts";

/** Index of a part's first relocation. */
export function relocationsFrom(record: ModuleRecord, part: number): number {
  return part === 0 ? 0 : relocationsTo(record, part - 1);
}

/** Index of the first relocation after a part. */
export function relocationsTo({ parts }: ModuleRecord, part: number): number {
  return parts[part * PART_STRIDE + PART.relocationsEnd] ?? 0;
}

/** Place of the first symbol that a part declares in `declares`. */
export function declaresFrom(record: ModuleRecord, part: number): number {
  return part === 0 ? 0 : declaresTo(record, part - 1);
}

/** Place after the last of them. */
export function declaresTo({ parts }: ModuleRecord, part: number): number {
  return parts[part * PART_STRIDE + PART.declaresEnd] ?? 0;
}

/** Index of the last relocation inside of the branch at `index`. */
export function lastInside(relocations: Numbers, index: number, to: number): number {
  const at = index * RELOCATION_STRIDE;
  const end = (relocations[at] ?? 0) + (relocations[at + 1] ?? 0);
  let last = index;
  while (last + 1 < to && (relocations[(last + 1) * RELOCATION_STRIDE] ?? 0) < end) last++;
  return last;
}
