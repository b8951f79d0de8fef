import type { TestProgram } from "../program.ts";
import { Random } from "../random.ts";
import { safe, wild } from "./expressions.ts";
import { declarations } from "./declarations.ts";
import { ModuleWriter, type Place, type Setting } from "./module-writer.ts";
import { continues, joinPieces, type Piece } from "./pieces.ts";
import { planModules, type Taste } from "./plan.ts";
import { requests } from "./requests.ts";
import { anyStatement, dynamicImports } from "./statements.ts";

/** Settings of the generator. */
export interface EsmOptions {
  /** Share of the programs in which modules await at their top level. */
  readonly awaits: number;
  /** Whether there is also what is known to differ: see `docs/linking.md`. */
  readonly known: boolean;
  /** Whether the files lie in a folder that their specifiers must not leave. */
  readonly packaged: boolean;
}

/** A program of ES modules, always the same for a seed. */
export function generateEsm(seed: number, options: EsmOptions): TestProgram {
  const random = new Random(seed);
  const taste = drawTaste(random, options);
  const modules = planModules(random, taste);
  const setting: Setting = {
    grammar: { safe, wild },
    files: modules.map(({ path }) => path.slice(1)),
    inFolder: options.packaged,
  };
  const files = modules.map((module) => {
    const w = new ModuleWriter(module, random, taste, setting);
    return [module.path, moduleText(w, [])] as const;
  });
  return { entry: "/m0.mjs", files: Object.fromEntries(files) };
}

/** What the programs of one seed are like. */
export function drawTaste(random: Random, { awaits, known }: EsmOptions): Taste {
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

/** The text of a module: what was planned, random statements, and `more` of them. */
export function moduleText(w: ModuleWriter, more: readonly ((place: Place) => Piece)[]): string {
  const { random, taste } = w;
  const place = topLevel(w);
  const makers = [
    ...early(declarations(w, place), random),
    ...early(requests(w), random),
    ...early(dynamicImports(w, place), random),
    ...more.map((make) => ({ at: random.next(), make: () => make(place) })),
    ...random.several(0, taste.statements, () => ({ at: random.next(), make: () => anyStatement(w, place) })),
  ];
  // Written in the order in which they will stand, so that most reads come after the declaration.
  const pieces = makers.toSorted((one, other) => one.at - other.at).map(({ make }) => make());
  const [first, body] = [prologue(random, taste), joinPieces(w, pieces)];
  return first + (first.endsWith("'\n") && continues(body) ? ";" : "") + body;
}

/** The place of a module's statements. */
export function topLevel({ module, random }: ModuleWriter): Place {
  const depth = random.integer(1, 3);
  return { nested: [], depth, mayNameArguments: true, mayAwait: module.awaits, runsNow: true };
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
