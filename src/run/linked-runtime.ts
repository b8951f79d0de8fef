/** What linked images call beside the functions for CommonJS. */
export interface LinkedRuntime {
  /** `module.exports` of a CommonJS module, run once, as an object to read names from; an error is thrown every time. */
  importCommonjs(url: string): object;
  /** What `import x from` a CommonJS module gives. */
  importDefault(url: string, nodeMode: boolean): unknown;
  /**
   * The namespace object of an ES module (ES module namespace exotic objects): made with getters for its exports by name,
   * sorted, and CommonJS modules whose names pass through `export *`; known by its URL afterwards.
   */
  namespace(url: string, getters?: Record<string, () => unknown>, open?: readonly string[]): object;
  /** Registers an ES module that runs when it is asked for. Gives accessors of its bindings. */
  wrap(url: string, body: WrappedModule): object;
  /** The accessors of a module that has been wrapped. */
  wrapped(url: string): object;
  /** Runs a wrapped module, once; an error is thrown every time. */
  evaluate(url: string): void;
  /** Whether the URL is an ES module of an image. */
  hasModule(url: string): boolean;
  /** Lends bindings of an image to later ones. */
  share(image: number, accessors: object): void;
  shared(image: number): object;
  /** Gives a renamed function its name back. */
  name(target: object, name: string): void;
  /** Assigning to any of its properties is what assigning to an import is. */
  readonly readonly: object;
}

/** The first step gets its bindings, functions among them; the second runs it. */
export type WrappedModule = (own: (accessors: object) => void) => Generator<void, void>;

/** What it needs of its realm. */
export interface LinkedRuntimeOptions {
  /** Runs a CommonJS module once and gives its `module.exports`. */
  require(url: string): unknown;
  defaultOf(exports: unknown, nodeMode: boolean): unknown;
}

/** Creates a realm's part for linked images. Reaches realms as text, so it uses nothing from outside of itself. */
export function createLinkedRuntime({ require, defaultOf }: LinkedRuntimeOptions): LinkedRuntime {
  const namespaces = new Map<string, object>();
  const images: object[] = [];
  const wrappers = new Map<string, { steps: Generator<void, void>; accessors: object }>();
  const evaluated = new Map<string, { error?: unknown }>();

  /** As an ES module does, an import remembers the error of what it imports. */
  const once = (url: string, run: () => void): void => {
    const known = evaluated.get(url);
    if (known !== undefined) {
      if ("error" in known) throw known.error;
      return;
    }
    const state: { error?: unknown } = {};
    evaluated.set(url, state);
    try {
      run();
    } catch (error) {
      state.error = error;
      throw error;
    }
  };

  const importExports = (url: string): unknown => {
    once(`commonjs:${url}`, () => require(url));
    return require(url);
  };

  /**
   * Properties of a namespace are writable and cannot be changed: a sealed target with writable properties lets a proxy
   * answer with what the bindings hold now.
   */
  const createNamespace = (getters: Record<string, () => unknown>): object => {
    const target = Object.create(null) as Record<string, unknown>;
    for (const name of Object.keys(getters).toSorted()) target[name] = undefined;
    Object.defineProperty(target, Symbol.toStringTag, { value: "Module" });
    Object.preventExtensions(target);
    for (const name of Object.keys(target))
      Object.defineProperty(target, name, { writable: true, enumerable: true, configurable: false });
    const read = (name: PropertyKey): unknown => (getters[name as string] as () => unknown)();
    const has = (name: PropertyKey): boolean => typeof name === "string" && Object.hasOwn(getters, name);
    return new Proxy(target, {
      get: (_, name) => (has(name) ? read(name) : Reflect.get(target, name)),
      getOwnPropertyDescriptor: (_, name) => {
        const descriptor = Reflect.getOwnPropertyDescriptor(target, name);
        return descriptor !== undefined && has(name) ? { ...descriptor, value: read(name) } : descriptor;
      },
      set: () => false,
      defineProperty: (_, name, wanted) => {
        const present = Reflect.getOwnPropertyDescriptor(target, name);
        if (present === undefined || wanted.configurable === true || wanted.enumerable === !present.enumerable) return false;
        if ("get" in wanted || "set" in wanted || wanted.writable === !present.writable) return false;
        return !("value" in wanted) || Object.is(wanted.value, has(name) ? read(name) : present.value);
      },
    });
  };

  /** Names that CommonJS modules turn out to have; those that ES modules have come first. */
  const addOpenNames = (getters: Record<string, () => unknown>, open: readonly string[]): Record<string, () => unknown> => {
    const all: Record<string, () => unknown> = { ...getters };
    for (const url of open) {
      const exports = importExports(url);
      if ((typeof exports !== "object" && typeof exports !== "function") || exports === null) continue;
      for (const name of Object.keys(exports))
        if (name !== "default" && !Object.hasOwn(all, name)) all[name] = () => (exports as Record<string, unknown>)[name];
    }
    return all;
  };

  /** Its keys are known when the CommonJS modules have run: it is made when it is first looked at. */
  const createOpenNamespace = (getters: Record<string, () => unknown>, open: readonly string[]): object => {
    let made: object | undefined;
    const get = (): object => (made ??= createNamespace(addOpenNames(getters, open)));
    return new Proxy(Object.create(null) as object, {
      get: (_, name) => Reflect.get(get(), name) as unknown,
      has: (_, name) => Reflect.has(get(), name),
      ownKeys: () => Reflect.ownKeys(get()),
      getOwnPropertyDescriptor: (_, name) => {
        const descriptor = Reflect.getOwnPropertyDescriptor(get(), name);
        return descriptor === undefined ? undefined : { ...descriptor, configurable: true };
      },
      set: () => false,
      defineProperty: () => false,
      deleteProperty: (_, name) => !Reflect.has(get(), name),
    });
  };

  return {
    importCommonjs: (url) => {
      const exports = importExports(url);
      return (typeof exports === "object" && exports !== null) || typeof exports === "function"
        ? exports
        : (Object(exports ?? Object.create(null)) as object);
    },
    importDefault: (url, nodeMode) => defaultOf(importExports(url), nodeMode),
    namespace: (url, getters, open) => {
      const known = namespaces.get(url);
      if (known !== undefined || getters === undefined) return known as object;
      const made = open === undefined ? createNamespace(getters) : createOpenNamespace(getters, open);
      namespaces.set(url, made);
      return made;
    },
    wrap: (url, body) => {
      let accessors: object = {};
      const steps = body((own) => {
        accessors = own;
      });
      steps.next();
      wrappers.set(url, { steps, accessors });
      return accessors;
    },
    wrapped: (url) => wrappers.get(url)?.accessors as object,
    evaluate: (url) => {
      const wrapper = wrappers.get(url);
      if (wrapper !== undefined) once(url, () => wrapper.steps.next());
    },
    hasModule: (url) => namespaces.has(url),
    share: (image, accessors) => {
      images[image] = accessors;
    },
    shared: (image) => images[image] as object,
    name: (target, name) => {
      Object.defineProperty(target, "name", { value: name, configurable: true });
    },
    readonly: new Proxy(
      {},
      {
        set: (_, name) => {
          throw new TypeError(`Assignment to constant variable "${String(name)}": it is an import`);
        },
      },
    ),
  };
}
