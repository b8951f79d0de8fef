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
  /** Makes a namespace object that something else has made known by its module's URL. */
  adopt(url: string, namespace: object): void;
  /** Registers an ES module that runs when it is asked for. Gives accessors of its bindings. */
  wrap(url: string, body: WrappedModule): object;
  /** The accessors of a module that has been wrapped. */
  wrapped(url: string): object;
  /** Runs a wrapped module, once; an error is thrown every time. */
  evaluate(url: string): void;
  /** Resolves when the functions and bindings of all asynchronous modules are there. */
  ready(): Promise<void>;
  /**
   * Runs a wrapped module at once, or when all of `first` have finished (ES `InnerModuleEvaluation`,
   * `AsyncModuleExecutionFulfilled`): with top-level await as an asynchronous function, else in the order of the calls.
   */
  start(url: string, awaits: boolean, first: readonly string[]): void;
  /** Settles with a module that has been started. */
  finished(url: string): Promise<void>;
  /** Whether the URL is an ES module of an image. */
  hasModule(url: string): boolean;
  /**
   * Runs an image; what it gives, or throws, is kept for who asks for `result`.
   * @param places URLs of its modules, where later images may need to know how far it is: each with the number of the call
   *   of `done` after which it has run
   * @param needs URLs of modules of earlier images that have to have run before
   */
  run(
    url: string,
    image: (done: (index: number) => void) => unknown,
    places: Readonly<Record<string, number>>,
    needs: readonly string[],
  ): void;
  /** The entry's namespace of an image that has been started; undefined where none has that URL. */
  result(url: string): Promise<{ readonly namespace: unknown }> | undefined;
  /** Lends bindings of an image to later ones. */
  share(image: number, accessors: object): void;
  shared(image: number): object;
  /** Gives a renamed function its name back. */
  name(target: object, name: string): void;
  /** An import as something to assign to: it can be read, and assigning throws. */
  constant(get: () => unknown, name: string): { value: unknown };
}

/** The first step gets its bindings, functions among them; the second runs it. */
export type WrappedModule = (own: (accessors: object) => void) => Generator<void, void> | AsyncGenerator<void, void>;

/** How far an image is. */
interface Progress {
  /** Modules of it that have run. */
  done: number;
  state: "running" | "finished" | "failed";
  error: unknown;
  ended: Promise<void> | undefined;
}

/** A module that has been started, or waits for others. */
interface Waiting {
  readonly url: string;
  readonly order: number;
  readonly awaits: boolean;
  pending: number;
  readonly parents: Waiting[];
  state: "waiting" | "finished" | "failed";
  error: unknown;
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: unknown): void;
}

/** What it needs of its realm. */
export interface LinkedRuntimeOptions {
  /** Runs a CommonJS module once and gives its `module.exports`. */
  readonly require: (url: string) => unknown;
  readonly defaultOf: (exports: unknown, nodeMode: boolean) => unknown;
}

/** Creates a realm's part for linked images. Reaches realms as text, so it uses nothing from outside of itself. */
export function createLinkedRuntime({ require, defaultOf }: LinkedRuntimeOptions): LinkedRuntime {
  const namespaces = new Map<string, object>();
  const images: object[] = [];
  /** Modules of images that later ones may need. */
  const modulePlaces = new Map<string, { readonly progress: Progress; readonly index: number }>();
  const results = new Map<string, Promise<{ readonly namespace: unknown }>>();
  const wrappers = new Map<string, { steps: Generator<void, void> | AsyncGenerator<void, void>; accessors: object }>();
  const preparing: unknown[] = [];
  const started = new Map<string, Waiting>();
  const evaluated = new Map<string, { error?: unknown }>();

  const asyncError = (url: string): Error =>
    Object.assign(new Error(`"${url}" cannot be required: it has top-level await`), {
      name: "LoaderError",
      code: "ERR_REQUIRE_ASYNC_MODULE",
      details: { specifier: url },
    });

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
        // A binding that has no value yet throws, whatever is to be defined.
        const value = has(name) ? read(name) : undefined;
        const present = Reflect.getOwnPropertyDescriptor(target, name);
        if (present === undefined || wanted.configurable === true || wanted.enumerable === !present.enumerable)
          return false;
        if ("get" in wanted || "set" in wanted || wanted.writable === !present.writable) return false;
        return !("value" in wanted) || Object.is(wanted.value, has(name) ? value : present.value);
      },
    });
  };

  /** Names that CommonJS modules turn out to have; those that ES modules have come first. */
  const addOpenNames = (
    getters: Record<string, () => unknown>,
    open: readonly string[],
  ): Record<string, () => unknown> => {
    const all: Record<string, () => unknown> = { ...getters };
    for (const url of open) {
      const exports = importExports(url);
      if ((typeof exports !== "object" && typeof exports !== "function") || exports === null) continue;
      for (const name of Object.keys(exports))
        if (name !== "default" && !Object.hasOwn(all, name))
          all[name] = () => (exports as Record<string, unknown>)[name];
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

  /** Undefined for a module that has run, or of which nothing is known. */
  const waitFor = (url: string): Promise<void> | undefined => {
    const place = modulePlaces.get(url);
    const alone = started.get(url);
    if (alone !== undefined) return alone.state === "finished" ? undefined : alone.promise;
    // One that runs when it is asked for may have run although its image failed.
    const asked = evaluated.get(url);
    if (asked !== undefined) return "error" in asked ? Promise.reject(asked.error) : undefined;
    if (place === undefined || place.progress.done > place.index || place.progress.state === "finished")
      return undefined;
    // It, or what it imports, threw: so does every import of it.
    if (place.progress.state === "failed") return Promise.reject(place.progress.error);
    return Promise.resolve(place.progress.ended).then(() => waitFor(url));
  };

  const run = (module: Waiting): void => {
    const steps = wrappers.get(module.url)?.steps;
    const asked = evaluated.get(module.url);
    if (asked !== undefined && "error" in asked) return failWith(module, asked.error);
    if (module.awaits) {
      Promise.resolve(steps?.next()).then(
        () => finish(module),
        (error: unknown) => failWith(module, error),
      );
      return;
    }
    try {
      void steps?.next();
      settle(module);
    } catch (error) {
      failWith(module, error);
    }
  };

  const settle = (module: Waiting): void => {
    module.state = "finished";
    module.resolve();
  };

  /** Modules that waited for nothing else run now, in their order; those without await let theirs run with them. */
  const finish = (module: Waiting): void => {
    settle(module);
    const next: Waiting[] = [];
    gather(module, next);
    for (const parent of next.toSorted((a, b) => a.order - b.order)) if (parent.state === "waiting") run(parent);
  };

  const gather = (module: Waiting, next: Waiting[]): void => {
    for (const parent of module.parents) {
      if (parent.state !== "waiting" || next.includes(parent)) continue;
      parent.pending--;
      if (parent.pending > 0) continue;
      next.push(parent);
      if (!parent.awaits) gather(parent, next);
    }
  };

  const failWith = (module: Waiting, error: unknown): void => {
    if (module.state !== "waiting") return;
    module.state = "failed";
    module.error = error;
    module.reject(error);
    for (const parent of module.parents) failWith(parent, error);
  };

  return {
    ready: async () => {
      await Promise.all(preparing.splice(0));
    },
    start: (url, awaits, first) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      // Who waits for it hears of its error; so does the image, at its end.
      promise.catch(() => undefined);
      const order = started.size;
      const module: Waiting = {
        url,
        order,
        awaits,
        pending: 0,
        parents: [],
        state: "waiting",
        error: undefined,
        promise,
        resolve,
        reject,
      };
      started.set(url, module);
      for (const dependency of first) {
        const other = started.get(dependency);
        if (other?.state === "failed") failWith(module, other.error);
        if (other?.state !== "waiting") continue;
        module.pending++;
        other.parents.push(module);
      }
      if (module.pending === 0 && module.state === "waiting") run(module);
      // What throws while modules are started ends that.
      if (module.state === "failed") throw module.error;
    },
    finished: async (url) => started.get(url)?.promise,
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
    adopt: (url, namespace) => {
      namespaces.set(url, namespace);
    },
    wrap: (url, body) => {
      let accessors: object = {};
      const steps = body((own) => {
        accessors = own;
      });
      preparing.push(steps.next());
      wrappers.set(url, { steps, accessors });
      return accessors;
    },
    wrapped: (url) => wrappers.get(url)?.accessors as object,
    evaluate: (url) => {
      const alone = started.get(url);
      if (alone?.state === "failed") throw alone.error;
      if (alone?.state === "waiting") throw asyncError(url);
      if (alone !== undefined) return;
      const wrapper = wrappers.get(url);
      if (wrapper === undefined) {
        const { progress, index } = modulePlaces.get(url) ?? {};
        if (progress?.state === "failed" && progress.done <= (index ?? 0)) throw progress.error;
        return;
      }
      once(url, () => {
        const step: unknown = wrapper.steps.next();
        if (step instanceof Promise) throw asyncError(url);
      });
    },
    run: (url, image, places, needs) => {
      const progress: Progress = { done: 0, state: "running", error: undefined, ended: undefined };
      for (const [module, index] of Object.entries(places)) modulePlaces.set(module, { progress, index });
      const waiting = needs.map((module) => waitFor(module)).filter((wait) => wait !== undefined);
      // A namespace may have a `then`: it must not be taken for a promise.
      const result = (async () => {
        try {
          if (waiting.length > 0) await Promise.all(waiting);
          const given: unknown = image((index) => {
            progress.done = index + 1;
          });
          const namespace = given instanceof Promise ? ((await given) as unknown) : given;
          progress.state = "finished";
          return { namespace };
        } catch (error) {
          progress.state = "failed";
          progress.error = error;
          throw error;
        }
      })();
      progress.ended = result.then(
        () => undefined,
        () => undefined,
      );
      results.set(url, result);
    },
    result: (url) => results.get(url),
    hasModule: (url) => namespaces.has(url),
    share: (image, accessors) => {
      images[image] = accessors;
    },
    shared: (image) => images[image] as object,
    name: (target, name) => {
      Object.defineProperty(target, "name", { value: name, configurable: true });
    },
    constant: (get, name) => ({
      get value() {
        return get();
      },
      set value(_) {
        throw new TypeError(`Assignment to constant variable "${name}": it is an import`);
      },
    }),
  };
}
