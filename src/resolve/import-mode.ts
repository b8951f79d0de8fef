import { type ErrorDetails, LoaderError } from "../errors.ts";
import type { Specifier } from "../specifier/parse-specifier.ts";

/**
 * When what is imported is fetched, and whether it stays (M1). It never decides where a specifier leads.
 * - `module`: a package, as the lockfile has it;
 * - `static`: fetched once and locked; afterwards it is what it was;
 * - `live`: fetched by each load, and never locked;
 * - `cached 5m` (`s`, `m`, `h`, `d`; alone five minutes): fetched again when that time is over;
 * - `local`: a file of the project.
 */
export type ImportMode = "module" | "static" | "live" | "cached" | `cached ${string}` | "local";

/** A mode, read. */
export interface KnownMode {
  readonly kind: "module" | "static" | "live" | "cached" | "local";
  /** Of `cached`, milliseconds. */
  readonly maxAge: number;
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const FIVE_MINUTES = 300_000;

/** What modes may be stated for what kind of specifier. The first is what it has where none is. */
const FITTING: Partial<Record<Specifier["kind"], readonly KnownMode["kind"][]>> = {
  relative: ["local", "static"],
  package: ["module", "static"],
  url: ["static", "live", "cached"],
};

/**
 * The mode of an import: what its `mode` attribute states, else what the table has for the longest beginning of the
 * specifier, else that of its kind: packages are `module`, URLs `static`, files of the project `local` (M2, M3; M4's five minutes for URLs have to be asked for).
 * @param specifier as it is written
 * @param kind of what it means
 * @throws LoaderError ERR_IMPORT_MODE for one that is none, or does not go with what is imported
 */
export function importMode(
  specifier: string,
  kind: Specifier["kind"],
  stated: string | undefined,
  table: Readonly<Record<string, string>>,
  details: ErrorDetails,
): KnownMode {
  const fitting = FITTING[kind] ?? ["module"];
  const start = Object.keys(table).reduce(
    (best, prefix) => (specifier.startsWith(prefix) && prefix.length >= best.length ? prefix : best),
    "",
  );
  const written = stated ?? (Object.hasOwn(table, start) ? table[start] : undefined);
  if (written === undefined) return { kind: fitting[0] ?? "module", maxAge: 0 };
  const mode = readMode(written, details);
  if (fitting.includes(mode.kind)) return mode;
  const message = `"${specifier}" cannot be imported in the mode "${written}"`;
  throw new LoaderError("ERR_IMPORT_MODE", message, { ...details, hint: `it can be ${fitting.join(" or ")}` });
}

function readMode(text: string, details: ErrorDetails): KnownMode {
  const [, kind, number, unit = ""] =
    /^(module|static|live|cached|local)(?:[ (](\d+)([smhd])\)?)?$/.exec(text.trim()) ?? [];
  const isCached = kind === "cached";
  if (kind === undefined || (number !== undefined && !isCached)) {
    throw new LoaderError("ERR_IMPORT_MODE", `"${text}" is no import mode`, {
      ...details,
      hint: "module, static, live, local, and cached with a time: cached 5m",
    });
  }
  const maxAge = number === undefined ? FIVE_MINUTES : Number(number) * (UNITS[unit] ?? 0);
  return { kind: kind as KnownMode["kind"], maxAge: isCached ? maxAge : 0 };
}
