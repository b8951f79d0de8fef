import { BEHIND_WHAT_THREW } from "./behind-what-threw.ts";
import type { Cause } from "./cause.ts";
import { MODULE_EXPORTS_NAME, NAMES_OF_COMMONJS, OWN_PROPERTIES, REQUIRE_IN_A_BLOCK } from "./commonjs-names.ts";
import { COMMONJS_READ_EARLY, COMMONJS_THAT_THREW, NULL_EXPORTS } from "./imported-commonjs.ts";
import { LATE_EXPORT } from "./late-export.ts";
import { RECURSION } from "./recursion.ts";
import { AMBIGUOUS_STAR, CIRCLE_WITH_STAR } from "./star-exports.ts";
import { TYPEOF_ARGUMENTS } from "./typeof-arguments.ts";
import { UNUSED_CLASS } from "./unused-class.ts";

/** Every way to differ that generated programs have shown, in the order in which they are looked for. */
export const CAUSES: readonly Cause[] = [
  RECURSION,
  AMBIGUOUS_STAR,
  CIRCLE_WITH_STAR,
  TYPEOF_ARGUMENTS,
  BEHIND_WHAT_THREW,
  COMMONJS_THAT_THREW,
  COMMONJS_READ_EARLY,
  NULL_EXPORTS,
  MODULE_EXPORTS_NAME,
  OWN_PROPERTIES,
  NAMES_OF_COMMONJS,
  REQUIRE_IN_A_BLOCK,
  LATE_EXPORT,
  UNUSED_CLASS,
];
