import { blank } from "./blank.ts";
import { confetti } from "./confetti.ts";
import { d3Chart } from "./d3-chart.ts";
import type { Example } from "./example.ts";
import { preactHtm } from "./preact-htm.ts";
import { reactCounter } from "./react-counter.ts";
import { sqlQuery } from "./sql-query.ts";
import { threeScene } from "./three-scene.ts";
import { vueReactive } from "./vue-reactive.ts";
import { wasmFibonacci } from "./wasm-fibonacci.ts";
import { zodValidation } from "./zod-validation.ts";

/** All examples in the order of the menu; the first one greets a new visitor. */
export function createCatalog(origin: string): readonly Example[] {
  return [
    d3Chart,
    reactCounter,
    threeScene,
    vueReactive,
    preactHtm,
    zodValidation,
    sqlQuery,
    wasmFibonacci(origin),
    confetti,
    blank,
  ];
}
