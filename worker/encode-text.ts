/** UTF-8 in a buffer of its own: some runtimes' typings do not say that `TextEncoder` gives one. */
export function encodeText(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text));
}
