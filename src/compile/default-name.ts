/** A name for what `export default` exports, made of the file's name: `lib/debounce.js` → `debounce_default`. */
export function defaultName(path: string, isTaken: (name: string) => boolean): string {
  const words = path
    .replace(/\.[^./]*$/, "")
    .replace(/\/index$/, "")
    .replace(/^.*\//, "")
    .split(/[^A-Za-z0-9$]+/)
    .filter((word) => word !== "");
  const base = words.join("_");
  const name = `${/^\d/.test(base) ? "_" : ""}${base}_default`;
  for (let count = 1; ; count++) {
    const candidate = count === 1 ? name : `${name}${count}`;
    if (!isTaken(candidate)) return candidate;
  }
}
