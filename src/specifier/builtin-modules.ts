/** Node's builtin modules that can be imported without `node:` (Node 24, `module.builtinModules`). */
const BUILTIN_MODULES: ReadonlySet<string> = new Set(
  (
    "assert async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns domain " +
    "events fs http http2 https inspector module net os path perf_hooks process punycode querystring readline repl " +
    "stream string_decoder sys timers tls trace_events tty url util v8 vm wasi worker_threads zlib"
  ).split(" "),
);

/** Whether `name` (no `node:` in front, subpaths such as `fs/promises` included) is a module of Node itself. */
export function isBuiltinModule(name: string): boolean {
  return BUILTIN_MODULES.has(name.split("/", 1)[0] ?? name);
}
