/** Free names of Node that modules get where they use them. */
export interface NodeGlobals {
  readonly process: NodeProcess;
  readonly global: typeof globalThis;
  setImmediate(run: (...values: unknown[]) => void, ...values: unknown[]): unknown;
  clearImmediate(id: unknown): void;
}

/** Node's `process` as far as a realm without one can have it. */
export type NodeProcess = Readonly<Record<string, unknown>>;

/**
 * Creates them for a realm. Reaches realms as text, so it uses nothing from outside of itself. `fail` throws
 * ERR_BUILTIN_UNAVAILABLE for something of `process`.
 */
export function createNodeGlobals(mode: string, fail: (member: string) => never): NodeGlobals {
  const nextTick = (run: (...values: unknown[]) => void, ...values: unknown[]): void =>
    queueMicrotask(() => run(...values));

  const hrtime = (since?: readonly [number, number]): [number, number] => {
    const now = performance.now();
    const [seconds, nanoseconds] = [Math.floor(now / 1000), Math.floor((now % 1000) * 1e6)];
    if (since === undefined) return [seconds, nanoseconds];
    const difference = nanoseconds - since[1];
    return difference < 0 ? [seconds - since[0] - 1, difference + 1e9] : [seconds - since[0], difference];
  };

  /** Whole lines go to the console. */
  const createOutput = (fd: number, log: (line: string) => void): object => {
    let rest = "";
    return {
      fd,
      isTTY: false,
      writable: true,
      write: (chunk: unknown) => {
        const lines = (rest + String(chunk)).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) log(line);
        return true;
      },
      on: nothing,
      once: nothing,
      end: () => undefined,
    };
  };

  function nothing(this: unknown): unknown {
    return this;
  }

  // No versions: code that looks for Node must not find it.
  const process: Record<string, unknown> = {
    title: "browser",
    browser: true,
    env: { NODE_ENV: mode },
    argv: [],
    execArgv: [],
    execPath: "",
    version: "",
    versions: {},
    release: {},
    features: {},
    config: {},
    platform: "browser",
    arch: "",
    pid: 1,
    ppid: 0,
    exitCode: undefined,
    stdout: createOutput(1, (line) => console.log(line)),
    stderr: createOutput(2, (line) => console.error(line)),
    nextTick,
    hrtime: Object.assign(hrtime, { bigint: () => BigInt(Math.floor(performance.now() * 1e6)) }),
    uptime: () => performance.now() / 1000,
    cwd: () => "/",
    umask: () => 0,
    emitWarning: (warning: unknown) => console.warn(String(warning)),
    listeners: () => [],
    listenerCount: () => 0,
    emit: () => false,
  };
  const silent = "on addListener once off removeListener removeAllListeners prependListener prependOnceListener";
  for (const name of `${silent} setMaxListeners`.split(" ")) process[name] = nothing;
  for (const name of "abort binding chdir dlopen exit kill".split(" ")) process[name] = () => fail(name);

  // Where there is one it is taken: an open channel would keep Node from ending.
  const native = globalThis as unknown as Partial<Pick<NodeGlobals, "setImmediate" | "clearImmediate">>;
  const tasks = new Map<number, () => void>();
  let count = 0;
  let channel: MessageChannel | undefined;
  /** A message comes after promises and before timers, and is not held back as nested timers are. */
  const createChannel = (): MessageChannel => {
    const created = new MessageChannel();
    created.port1.addEventListener("message", ({ data }: MessageEvent<number>) => {
      const task = tasks.get(data);
      tasks.delete(data);
      task?.();
    });
    created.port1.start();
    return created;
  };
  const setImmediate: NodeGlobals["setImmediate"] = (run, ...values) => {
    const id = ++count;
    tasks.set(id, () => run(...values));
    channel ??= createChannel();
    channel.port2.postMessage(id);
    return id;
  };
  return {
    process,
    global: globalThis,
    setImmediate: native.setImmediate ?? setImmediate,
    clearImmediate: native.clearImmediate ?? ((id) => void tasks.delete(id as number)),
  };
}
