import { afterAll, describe, it } from "vitest";
import { type Case, readCases } from "../../differential/cases.ts";
import { createSubject } from "../../differential/linked.ts";
import { createOracle } from "../../differential/oracle.ts";
import { printOutcome } from "../../differential/program.ts";

/** Titles of programs that do not behave as in Node yet. */
const OPEN: Readonly<Record<"image" | "modules", readonly string[]>> = {
  image: ["the entry throws, and is imported again", "it runs at the require"],
  modules: [
    "seen before its module ran",
    "it runs at the require",
    "what throws when it is imported for the first time, after a function that never requires it",
  ],
};

const oracles = { esm: createOracle("esm"), mixed: createOracle("mixed") };
afterAll(() => {
  oracles.esm.close();
  oracles.mixed.close();
});

const byTrap = Map.groupBy(readCases(), ({ about }) => about);

function nodesOutcome({ program }: Case) {
  const isMixed = Object.keys(program.files).some((path) => !path.endsWith(".mjs"));
  return oracles[isMixed ? "mixed" : "esm"].run(program, 1000);
}

for (const mode of ["image", "modules"] as const) {
  const subject = createSubject({ mode, packaged: false });
  describe(`linked as ${mode}, programs behave as in Node`, () => {
    for (const [about, cases] of byTrap) {
      describe(about, () => {
        for (const item of cases) {
          const test = OPEN[mode].includes(item.title) ? it.fails : it;
          test(item.title, async ({ expect }) => {
            const native = await nodesOutcome(item);
            const ours = await subject(item.program, 1000);
            expect(printOutcome(ours)).toBe(printOutcome(native));
          });
        }
      });
    }
  });
}
