/** Node's modules (Node 24, `module.builtinModules`), without the internal ones that start with an underscore. */
const BUILTIN_MODULES: ReadonlySet<string> = new Set(
  (
    "assert assert/strict async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel " +
    "dns dns/promises domain events fs fs/promises http http2 https inspector inspector/promises module net os path " +
    "path/posix path/win32 perf_hooks process punycode querystring readline readline/promises repl stream " +
    "stream/consumers stream/promises stream/web string_decoder sys timers timers/promises tls trace_events tty url " +
    "util util/types v8 vm wasi worker_threads zlib " +
    "_stream_duplex _stream_passthrough _stream_readable _stream_transform _stream_writable"
  ).split(" "),
);

/** Those that only `node:` leads to: without it, npm packages are meant. */
const PREFIXED_MODULES: ReadonlySet<string> = new Set(["sea", "sqlite", "test", "test/reporters"]);

/** Names of all modules of Node that need no `node:` in front. */
export function builtinModuleNames(): Iterable<string> {
  return BUILTIN_MODULES;
}

/** Whether `name`, without `node:` in front, is a module of Node itself; `util/` and `buffer/index.js` are packages. */
export function isBuiltinModule(name: string): boolean {
  return BUILTIN_MODULES.has(name);
}

/** Whether `node:` and this name make a module of Node. */
export function isPrefixedBuiltin(name: string): boolean {
  return BUILTIN_MODULES.has(name) || PREFIXED_MODULES.has(name);
}
