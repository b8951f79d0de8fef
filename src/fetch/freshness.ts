/** For so long an answer is fresh that does not say it itself, milliseconds. */
const DEFAULT_FRESHNESS = 5 * 60 * 1000;

/**
 * For how many milliseconds an answer may be used without asking again, by its `cache-control` and `age`; undefined where
 * it may not be kept at all.
 */
export function freshnessOf(headers: Headers): number | undefined {
  const names = new Map<string, string | undefined>();
  for (const directive of (headers.get("cache-control") ?? "").toLowerCase().split(",")) {
    const [name = "", value] = directive.trim().split("=");
    names.set(name, value);
  }
  if (names.has("no-store")) return undefined;
  if (names.has("no-cache")) return 0;
  const maxAge = numberOf(names.get("max-age"));
  if (maxAge === undefined) return DEFAULT_FRESHNESS;
  return Math.max(0, maxAge - (numberOf(headers.get("age")) ?? 0)) * 1000;
}

function numberOf(text: string | null | undefined): number | undefined {
  const digits = /^\s*"?(\d{1,10})"?\s*$/.exec(text ?? "")?.[1];
  return digits === undefined ? undefined : Number(digits);
}
