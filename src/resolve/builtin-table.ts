/** Where a module of Node comes from in a realm that lacks it. */
export interface BuiltinSource {
  /** The npm package whose exports it has: `name@range`, with a path where it is not the package's entry. */
  readonly polyfill?: string;
  /** Other modules of Node that what is added to it is made of. */
  readonly uses?: readonly string[];
  /** It is a member of another module of Node, or that module: `util.types`, `util`. */
  readonly partOf?: string;
  /** Names that `src/run/builtins` adds. */
  readonly adds?: string;
  /** Functions and classes that throw ERR_BUILTIN_UNAVAILABLE when they are called. */
  readonly unavailable?: string;
  /** Those functions give a promise that rejects, as theirs do in Node. */
  readonly rejects?: true;
  /** Nothing that could be shared is left of it: each importer has one of its own, whose errors name it. */
  readonly missing?: true;
}

const FS_PROMISES =
  "access appendFile chmod chown copyFile cp glob lchmod lchown link lstat lutimes mkdir mkdtemp mkdtempDisposable " +
  "open opendir readFile readdir readlink realpath rename rm rmdir stat statfs symlink truncate unlink utimes watch " +
  "writeFile";

const DNS =
  "Resolver getServers lookup lookupService resolve resolve4 resolve6 resolveAny resolveCaa resolveCname resolveMx " +
  "resolveNaptr resolveNs resolvePtr resolveSoa resolveSrv resolveTlsa resolveTxt reverse setDefaultResultOrder setServers";

const INSPECTOR = "Session close open waitForDebugger";

/**
 * Every module of Node. The packages are those that bundlers use, but for streams, which Node's maintainers publish
 * themselves; docs/node-builtins.md says why, and what each lacks.
 */
const BUILTINS: Readonly<Record<string, BuiltinSource>> = {
  _stream_duplex: { partOf: "stream.Duplex" },
  _stream_passthrough: { partOf: "stream.PassThrough" },
  _stream_readable: { partOf: "stream.Readable" },
  _stream_transform: { partOf: "stream.Transform" },
  _stream_writable: { partOf: "stream.Writable" },
  assert: { polyfill: "assert@^2.1.0" },
  "assert/strict": { partOf: "assert.strict" },
  async_hooks: {
    adds: "AsyncLocalStorage AsyncResource executionAsyncId executionAsyncResource triggerAsyncId",
    unavailable: "createHook",
  },
  buffer: {
    polyfill: "buffer@^6.0.3",
    adds: "Blob File atob btoa constants isAscii isUtf8 kStringMaxLength",
    unavailable: "resolveObjectURL transcode",
  },
  child_process: {
    missing: true,
    unavailable: "ChildProcess exec execFile execFileSync execSync fork spawn spawnSync",
  },
  cluster: {
    missing: true,
    adds: "isMaster isPrimary isWorker settings workers",
    unavailable: "Worker disconnect fork setupMaster setupPrimary",
  },
  console: {
    adds:
      "assert clear context count countReset createTask debug dir dirxml error group groupCollapsed groupEnd info log " +
      "profile profileEnd table time timeEnd timeLog timeStamp trace warn",
    unavailable: "Console",
  },
  constants: { polyfill: "constants-browserify@^1.0.0" },
  crypto: {
    polyfill: "crypto-browserify@^3.12.1",
    uses: ["buffer"],
    adds:
      "KeyObject createPrivateKey createPublicKey createSecretKey getFips getRandomValues hash randomInt randomUUID " +
      "subtle timingSafeEqual webcrypto",
    unavailable:
      "Certificate ECDH X509Certificate argon2 argon2Sync checkPrime checkPrimeSync decapsulate diffieHellman encapsulate " +
      "generateKey generateKeyPair generateKeyPairSync generateKeySync generatePrime generatePrimeSync getCipherInfo " +
      "getCurves hkdf hkdfSync scrypt scryptSync secureHeapUsed setEngine setFips sign verify",
  },
  dgram: { missing: true, unavailable: "Socket createSocket" },
  diagnostics_channel: { adds: "Channel channel hasSubscribers subscribe tracingChannel unsubscribe" },
  dns: { missing: true, uses: ["dns/promises"], adds: "getDefaultResultOrder promises", unavailable: DNS },
  "dns/promises": { missing: true, adds: "getDefaultResultOrder", unavailable: DNS, rejects: true },
  domain: { missing: true, adds: "active", unavailable: "Domain create createDomain" },
  events: {
    polyfill: "events@^3.3.0",
    adds: "addAbortListener captureRejectionSymbol errorMonitor getEventListeners getMaxListeners on setMaxListeners",
    unavailable: "EventEmitterAsyncResource",
  },
  fs: {
    missing: true,
    uses: ["fs/promises"],
    adds: "constants existsSync promises realpath realpathSync",
    unavailable:
      "Dir Dirent FileReadStream FileWriteStream ReadStream Stats Utf8Stream WriteStream access accessSync appendFile " +
      "appendFileSync chmod chmodSync chown chownSync close closeSync copyFile copyFileSync cp cpSync createReadStream " +
      "createWriteStream exists fchmod fchmodSync fchown fchownSync fdatasync fdatasyncSync fstat fstatSync fsync " +
      "fsyncSync ftruncate ftruncateSync futimes futimesSync glob globSync lchown lchownSync link linkSync lstat " +
      "lstatSync lutimes lutimesSync mkdir mkdirSync mkdtemp mkdtempDisposableSync mkdtempSync open openAsBlob openSync " +
      "opendir opendirSync read readFile readFileSync readSync readdir readdirSync readlink readlinkSync readv readvSync " +
      "rename renameSync rm rmSync rmdir rmdirSync stat statSync statfs statfsSync symlink " +
      "symlinkSync truncate truncateSync unlink unlinkSync unwatchFile utimes utimesSync watch watchFile write " +
      "writeFile writeFileSync writeSync writev writevSync",
  },
  "fs/promises": { missing: true, adds: "constants", unavailable: FS_PROMISES, rejects: true },
  http: {
    polyfill: "stream-http@^3.2.0",
    adds: "CloseEvent MessageEvent WebSocket maxHeaderSize",
    unavailable:
      "OutgoingMessage Server ServerResponse createServer setGlobalProxyFromEnv setMaxIdleHTTPParsers " +
      "validateHeaderName validateHeaderValue",
  },
  http2: {
    missing: true,
    adds: "constants",
    unavailable:
      "Http2ServerRequest Http2ServerResponse connect createSecureServer createServer getDefaultSettings " +
      "getPackedSettings getUnpackedSettings performServerHandshake",
  },
  https: { polyfill: "https-browserify@^1.0.0", unavailable: "Server createServer" },
  inspector: { missing: true, adds: "console url", unavailable: INSPECTOR },
  "inspector/promises": { missing: true, adds: "console url", unavailable: INSPECTOR },
  module: {
    adds: "Module builtinModules constants createRequire isBuiltin syncBuiltinESMExports",
    unavailable:
      "SourceMap enableCompileCache findPackageJSON findSourceMap flushCompileCache getCompileCacheDir " +
      "getSourceMapsSupport register registerHooks runMain setSourceMapsSupport stripTypeScriptTypes",
  },
  net: {
    missing: true,
    adds: "isIP isIPv4 isIPv6",
    unavailable:
      "BlockList BoundSocket Server Socket SocketAddress Stream connect createConnection createServer " +
      "getDefaultAutoSelectFamily getDefaultAutoSelectFamilyAttemptTimeout setDefaultAutoSelectFamily " +
      "setDefaultAutoSelectFamilyAttemptTimeout",
  },
  os: {
    polyfill: "os-browserify@^0.3.0",
    adds: "availableParallelism constants devNull machine version",
    unavailable: "getPriority setPriority userInfo",
  },
  path: { polyfill: "path-browserify@^1.0.1" },
  "path/posix": { partOf: "path" },
  "path/win32": {
    missing: true,
    adds: "delimiter sep",
    unavailable:
      "basename dirname extname format isAbsolute join matchesGlob normalize parse relative resolve toNamespacedPath",
  },
  perf_hooks: {
    adds:
      "Performance PerformanceEntry PerformanceMark PerformanceMeasure PerformanceObserver PerformanceObserverEntryList " +
      "PerformanceResourceTiming constants performance",
    unavailable: "createHistogram eventLoopUtilization monitorEventLoopDelay timerify",
  },
  process: { adds: "" },
  punycode: { polyfill: "punycode@^2.3.1" },
  querystring: { polyfill: "querystring-es3@^0.2.1", adds: "escape unescape" },
  readline: {
    missing: true,
    uses: ["readline/promises"],
    adds: "promises",
    unavailable: "Interface clearLine clearScreenDown createInterface cursorTo emitKeypressEvents moveCursor",
  },
  "readline/promises": { missing: true, unavailable: "Interface Readline createInterface" },
  repl: { missing: true, unavailable: "REPLServer Recoverable isValidSyntax start writer" },
  sea: { missing: true, adds: "isSea", unavailable: "getAsset getAssetAsBlob getAssetKeys getRawAsset" },
  sqlite: { missing: true, adds: "constants", unavailable: "DatabaseSync Session StatementSync backup" },
  stream: { polyfill: "readable-stream@^4.7.0/lib/stream.js", unavailable: "duplexPair" },
  "stream/consumers": { uses: ["buffer"], adds: "arrayBuffer blob buffer bytes json text" },
  "stream/promises": { partOf: "stream.promises" },
  "stream/web": {
    adds:
      "ByteLengthQueuingStrategy CompressionStream CountQueuingStrategy DecompressionStream ReadableByteStreamController " +
      "ReadableStream ReadableStreamBYOBReader ReadableStreamBYOBRequest ReadableStreamDefaultController " +
      "ReadableStreamDefaultReader TextDecoderStream TextEncoderStream TransformStream TransformStreamDefaultController " +
      "WritableStream WritableStreamDefaultController WritableStreamDefaultWriter",
  },
  string_decoder: { polyfill: "string_decoder@^1.3.0" },
  sys: { partOf: "util" },
  test: { missing: true, unavailable: "after afterEach before beforeEach describe it only run skip suite test todo" },
  "test/reporters": { missing: true, unavailable: "dot junit lcov spec tap" },
  timers: {
    uses: ["timers/promises"],
    adds: "clearImmediate clearInterval clearTimeout promises setImmediate setInterval setTimeout",
  },
  "timers/promises": { adds: "scheduler setImmediate setInterval setTimeout" },
  tls: {
    missing: true,
    adds: "DEFAULT_MAX_VERSION DEFAULT_MIN_VERSION rootCertificates",
    unavailable:
      "SecureContext Server TLSSocket checkServerIdentity connect convertALPNProtocols createSecureContext " +
      "createServer getCACertificates getCertificateCompressionAlgorithms getCiphers setDefaultCACertificates",
  },
  trace_events: { missing: true, unavailable: "createTracing getEnabledCategories" },
  tty: { adds: "isatty", unavailable: "ReadStream WriteStream" },
  url: {
    polyfill: "url@^0.11.4",
    adds: "URL URLPattern URLSearchParams domainToASCII fileURLToPath pathToFileURL urlToHttpOptions",
    unavailable: "domainToUnicode fileURLToPathBuffer",
  },
  util: {
    uses: ["internal/util/inspect", "util/types"],
    adds:
      "TextDecoder TextEncoder aborted callbackify debug debuglog deprecate format formatWithOptions inherits inspect " +
      "isArray isDeepStrictEqual promisify stripVTControlCharacters styleText toUSVString types",
    unavailable:
      "MIMEParams MIMEType convertProcessSignalToExitCode diff getCallSites getSystemErrorMap getSystemErrorMessage " +
      "getSystemErrorName parseArgs parseEnv setTraceSigInt transferableAbortController transferableAbortSignal",
  },
  "util/types": {
    adds:
      "isAnyArrayBuffer isArgumentsObject isArrayBuffer isArrayBufferView isAsyncFunction isBigInt64Array isBigIntObject " +
      "isBigUint64Array isBooleanObject isBoxedPrimitive isCryptoKey isDataView isDate isExternal isFloat16Array " +
      "isFloat32Array isFloat64Array isGeneratorFunction isGeneratorObject isInt16Array isInt32Array isInt8Array " +
      "isKeyObject isMap isMapIterator isModuleNamespaceObject isNativeError isNumberObject isPromise isProxy isRegExp " +
      "isSet isSetIterator isSharedArrayBuffer isStringObject isSymbolObject isTypedArray isUint16Array isUint32Array " +
      "isUint8Array isUint8ClampedArray isWeakMap isWeakSet",
  },
  v8: {
    missing: true,
    unavailable:
      "DefaultDeserializer DefaultSerializer Deserializer GCProfiler Serializer cachedDataVersionTag deserialize " +
      "getCppHeapStatistics getHeapCodeStatistics getHeapSnapshot getHeapSpaceStatistics getHeapStatistics queryObjects " +
      "serialize setFlagsFromString setHeapSnapshotNearHeapLimit startCpuProfile stopCoverage takeCoverage writeHeapSnapshot",
  },
  vm: { polyfill: "vm-browserify@^1.1.2" },
  wasi: { missing: true, unavailable: "WASI" },
  worker_threads: {
    adds:
      "BroadcastChannel MessageChannel MessagePort SHARE_ENV isInternalThread isMainThread locks parentPort " +
      "resourceLimits threadId threadName workerData",
    unavailable:
      "Worker getEnvironmentData isMarkedAsUntransferable markAsUncloneable markAsUntransferable " +
      "moveMessagePortToContext postMessageToThread receiveMessageOnPort setEnvironmentData",
  },
  zlib: {
    polyfill: "browserify-zlib@^0.2.0",
    adds: "constants crc32",
    unavailable:
      "BrotliCompress BrotliDecompress ZstdCompress ZstdDecompress brotliCompress brotliCompressSync brotliDecompress " +
      "brotliDecompressSync createBrotliCompress createBrotliDecompress createZstdCompress createZstdDecompress " +
      "zstdCompress zstdCompressSync zstdDecompress zstdDecompressSync",
  },
  // No module of Node: what `util` is made of here.
  "internal/util/inspect": { polyfill: "node-inspect-extracted@^3.3.3" },
};

/** Where the module of Node of that name comes from; undefined where Node has none. */
export function builtinSource(name: string): BuiltinSource | undefined {
  return Object.hasOwn(BUILTINS, name) ? BUILTINS[name] : undefined;
}
