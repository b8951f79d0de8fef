/**
 * Waits for all, and fails with the first failure by position, not by time: what is shown of several failures must not
 * depend on the network.
 */
export async function inOrder<Value>(coming: readonly (Value | Promise<Value>)[]): Promise<Value[]> {
  // Each is heard when it is its turn; until then none may count as unhandled.
  for (const one of coming) if (one instanceof Promise) one.catch(() => undefined);
  const values: Value[] = [];
  for (const one of coming) values.push(one instanceof Promise ? await one : one);
  return values;
}
