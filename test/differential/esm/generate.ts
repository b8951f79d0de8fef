import type { TestProgram } from "../program.ts";
import { Random } from "../random.ts";
import { safe, wild } from "./expressions.ts";
import { declarations } from "./declarations.ts";
import { ModuleWriter, type Place } from "./module-writer.ts";
import { joinPieces, type Piece } from "./pieces.ts";
import { type ModulePlan, planModules, type Taste } from "./plan.ts";
import { requests } from "./requests.ts";
import { anyStatement, dynamicImports } from "./statements.ts";

/** Settings of the generator. */
export interface EsmOptions {
  /** Share of the programs in which modules await at their top level. */
  readonly awaits: number;
  /** Whether there is also what is known to differ: see `docs/differences.md`. */
  readonly known: boolean;
}

/** A program of ES modules, always the same for a seed. */
export function generateEsm(seed: number, options: EsmOptions): TestProgram {
  const random = new Random(seed);
  const taste = drawTaste(random, options);
  const modules = planModules(random, taste);
  const files = modules.map((module) => [module.path, moduleText(module, random, taste)] as const);
  return { entry: "/m0.mjs", files: Object.fromEntries(files) };
}

function drawTaste(random: Random, { awaits, known }: EsmOptions): Taste {
  const share = (most: number): number => (random.chance(0.4) ? 0 : random.next() * most);
  return {
    made: share(4),
    globals: share(3),
    odd: share(2),
    strings: random.chance(0.3),
    escapes: random.chance(0.15),
    comments: random.chance(0.3),
    seams: random.chance(0.5),
    stars: share(0.6),
    cycles: share(1),
    dynamic: share(0.5),
    effects: share(4),
    fatal: share(0.6),
    wrongImports: random.chance(0.1) ? 0.1 : 0.003,
    awaits: random.chance(awaits) ? random.next() : 0,
    namespaces: share(0.5),
    statements: random.integer(1, 8),
    known,
    tooEarly: random.chance(0.6) ? 0 : random.next() * 0.2,
  };
}

function moduleText(module: ModulePlan, random: Random, taste: Taste): string {
  const w = new ModuleWriter(module, random, taste, { safe, wild });
  const place: Place = {
    nested: [],
    depth: random.integer(1, 3),
    mayNameArguments: true,
    mayAwait: module.awaits,
    runsNow: true,
  };
  const makers = [
    ...early(declarations(w, place), random),
    ...early(requests(w), random),
    ...early(dynamicImports(w, place), random),
    ...random.several(0, taste.statements, () => ({ at: random.next(), make: () => anyStatement(w, place) })),
  ];
  // Written in the order in which they will stand, so that most reads come after the declaration.
  const pieces = makers.toSorted((one, other) => one.at - other.at).map(({ make }) => make());
  return prologue(random, taste) + joinPieces(w, pieces);
}

/** Most declarations stand before most statements. */
function early(makers: readonly (() => Piece)[], random: Random): { at: number; make: () => Piece }[] {
  return makers.map((make) => ({ at: random.next() - (random.chance(0.6) ? 0.5 : 0), make }));
}

function prologue(random: Random, { comments }: Taste): string {
  if (!comments) return "";
  return random.pick([
    "",
    "\ufeff",
    "#!/usr/bin/env node\n",
    '"use strict";\n',
    "'use strict'\n",
    "/* @license */\n",
    "// first\r\n",
    ";",
  ]);
}
