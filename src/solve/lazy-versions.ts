/**
 * A record of versions that are made when somebody looks at them, each once. It has nothing that objects have by themselves.
 * @param names its keys, in order
 * @param read makes one of them
 */
export function lazyVersions<Manifest>(
  names: readonly string[],
  read: (version: string) => Manifest | undefined,
): Record<string, Manifest> {
  const versions = new Proxy<Record<string, Manifest>>(Object.create(null), new LazyVersions(names, read));
  listed.set(versions, names);
  return versions;
}

/** Keys of such records, to be had without asking them. */
const listed = new WeakMap<object, readonly string[]>();

/** What versions a package has; where those are made when they are looked at, none is. */
export function versionsOf({ versions }: { readonly versions: object }): readonly string[] {
  return listed.get(versions) ?? Object.keys(versions);
}

class LazyVersions<Manifest> implements ProxyHandler<Record<string, Manifest>> {
  readonly #names: readonly string[];
  readonly #read: (version: string) => Manifest | undefined;
  readonly #known = new Map<string, Manifest | undefined>();

  constructor(names: readonly string[], read: (version: string) => Manifest | undefined) {
    this.#names = names;
    this.#read = read;
  }

  get(record: object, version: string | symbol): Manifest | undefined {
    if (typeof version === "symbol") return undefined;
    const known = this.#known.get(version);
    if (known !== undefined || !this.has(record, version)) return known;
    const manifest = this.#read(version);
    this.#known.set(version, manifest);
    return manifest;
  }

  has(_record: object, version: string | symbol): boolean {
    return typeof version === "string" && this.#names.includes(version);
  }

  ownKeys(): readonly string[] {
    return [...new Set(this.#names)];
  }

  getOwnPropertyDescriptor(record: object, version: string | symbol): PropertyDescriptor | undefined {
    if (!this.has(record, version)) return undefined;
    return { configurable: true, enumerable: true, get: () => this.get(record, version) };
  }
}
