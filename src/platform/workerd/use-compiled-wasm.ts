/**
 * workerd compiles no WebAssembly from bytes, but an isolate may come with compiled modules: bytes that are those of one
 * of them are taken for it. Reaches isolates as text, so it uses nothing from outside of itself.
 * @param compiled modules by the fingerprint of their bytes, among others
 */
export function useCompiledWasm(
  compiled: Readonly<Record<string, WebAssembly.Module>>,
  fingerprint: (bytes: Uint8Array) => string,
): void {
  const native = { ...WebAssembly, Module: WebAssembly.Module, instantiate: WebAssembly.instantiate };
  const bytesOf = (source: ArrayBuffer | ArrayBufferView): Uint8Array =>
    ArrayBuffer.isView(source)
      ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
      : new Uint8Array(source);
  const find = (source: ArrayBuffer | ArrayBufferView): WebAssembly.Module | undefined =>
    compiled[fingerprint(bytesOf(source))];
  /** Its error is the engine's own where the bytes are none of the isolate's. */
  const Module = new Proxy(native.Module, {
    construct: (target, [source]: [ArrayBuffer]) => find(source) ?? (Reflect.construct(target, [source]) as object),
  });
  const compile = async (source: ArrayBuffer): Promise<WebAssembly.Module> =>
    new (Module as unknown as new (source: ArrayBuffer) => WebAssembly.Module)(source);
  const instantiate = async (source: ArrayBuffer | WebAssembly.Module, imports?: WebAssembly.Imports) => {
    if (source instanceof native.Module) return native.instantiate(source, imports);
    const module = await compile(source);
    return { module, instance: await native.instantiate(module, imports) };
  };
  Object.assign(WebAssembly, {
    Module,
    compile,
    instantiate,
    compileStreaming: async (response: Promise<Response>) => compile(await (await response).arrayBuffer()),
    instantiateStreaming: async (response: Promise<Response>, imports?: WebAssembly.Imports) =>
      instantiate(await (await response).arrayBuffer(), imports),
  });
}
