import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");

/** Frees what the measurement before left behind, so that it is not paid for by the next. */
export const collectGarbage = runInNewContext("gc") as () => void;
