/** The ASCII part of the identifier that begins at `position`; empty where none does. */
export function nameAt(code: string, position: number): string {
  let end = position;
  while (isNameUnit(code.charCodeAt(end))) end++;
  return code.slice(position, end);
}

/** Letters, digits, `$` and `_`; not a number beyond the end. */
function isNameUnit(unit: number): boolean {
  const letter = unit | 32;
  return (letter >= 97 && letter <= 122) || (unit >= 48 && unit <= 57) || unit === 36 || unit === 95;
}
