import type { BuiltinParts, Members } from "./builtin-realm.ts";

/** `module`: what is asked for while a package loads. What `createRequire` makes can have nothing that is not linked. */
export const moduleParts: BuiltinParts = (_, { unavailable }) => {
  const builtinModules = (
    "assert assert/strict async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel " +
    "dns dns/promises domain events fs fs/promises http http2 https inspector inspector/promises module net os path " +
    "path/posix path/win32 perf_hooks process punycode querystring readline readline/promises repl stream " +
    "stream/consumers stream/promises stream/web string_decoder sys timers timers/promises tls trace_events tty url " +
    "util util/types v8 vm wasi worker_threads zlib"
  ).split(" ");
  const createRequire = (): object =>
    Object.assign((specifier: string) => unavailable(`createRequire()("${specifier}")`)(), {
      cache: {},
      resolve: (specifier: string) => unavailable(`createRequire().resolve("${specifier}")`)(),
    });
  const Module = Object.assign(
    function Module(this: Record<string, unknown>, id = "") {
      Object.assign(this, { id, path: "", exports: {}, filename: null, loaded: false, children: [], paths: [] });
    },
    {
      builtinModules,
      constants: {},
      createRequire,
      isBuiltin: (name: string) => builtinModules.includes(name.replace(/^node:/, "")),
      syncBuiltinESMExports: () => undefined,
      _cache: {},
      _extensions: {},
      _load: unavailable("Module._load"),
      _nodeModulePaths: () => [],
      _resolveFilename: unavailable("Module._resolveFilename"),
    },
  );
  return Object.assign(Module, { Module }) as unknown as Members;
};
