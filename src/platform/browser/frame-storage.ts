/**
 * What a document of an opaque origin has none of, and where it throws although code only looks. A program gets storage
 * and cookies of its own, which last as long as it runs; caches and service workers are not there; `history` keeps states,
 * without their addresses. Reaches the frame as text, so it uses nothing from outside of itself.
 */
export function installStorage(): void {
  for (const name of ["localStorage", "sessionStorage"])
    Object.defineProperty(globalThis, name, { value: createMemoryStorage(), configurable: true });
  Object.defineProperty(document, "cookie", { ...createCookies(), configurable: true });
  Reflect.deleteProperty(globalThis, "caches");
  Reflect.deleteProperty(Navigator.prototype, "serviceWorker");
  keepHistory("pushState");
  keepHistory("replaceState");

  function createMemoryStorage(): Storage {
    const items = new Map<string, string>();
    return {
      getItem: (key: unknown) => items.get(String(key)) ?? null,
      setItem: (key: unknown, value: unknown) => void items.set(String(key), String(value)),
      removeItem: (key: unknown) => void items.delete(String(key)),
      clear: () => items.clear(),
      key: (index: number) => [...items.keys()][index] ?? null,
      get length() {
        return items.size;
      },
    };
  }

  /** `document.cookie`: reading gives all pairs, assigning sets or expires one (RFC 6265, without domains and paths). */
  function createCookies(): { get(): string; set(text: unknown): void } {
    const cookies = new Map<string, string>();
    return {
      get: () => [...cookies].map(([name, value]) => (name === "" ? value : `${name}=${value}`)).join("; "),
      set: (text) => {
        const [pair = "", ...attributes] = String(text).split(";");
        const at = pair.indexOf("=");
        const name = at === -1 ? "" : pair.slice(0, at).trim();
        if (attributes.some(isExpired)) cookies.delete(name);
        else cookies.set(name, pair.slice(at + 1).trim());
      },
    };
  }

  function isExpired(attribute: string): boolean {
    const [name = "", value = ""] = attribute.split("=").map((part) => part.trim());
    if (/^max-age$/i.test(name)) return Number(value) <= 0;
    return /^expires$/i.test(name) && Date.parse(value) <= Date.now();
  }

  /** A frame of an opaque origin may not change its address. */
  function keepHistory(name: "pushState" | "replaceState"): void {
    const native = History.prototype[name];
    Object.defineProperty(history, name, {
      configurable: true,
      writable: true,
      value: (state: unknown, title: string) => native.call(history, state, title),
    });
  }
}
