/** Keeps what is under way and what has come; what failed is tried again by the next import that wants it. */
export function remember<Value>(
  known: Map<string, Promise<Value>>,
  key: string,
  coming: Promise<Value>,
): Promise<Value> {
  known.set(key, coming);
  coming.catch(() => known.delete(key));
  return coming;
}
