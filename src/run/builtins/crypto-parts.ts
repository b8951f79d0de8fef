import type { BuiltinParts, Members } from "./builtin-realm.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** `crypto`: what browsers have of it, and key objects, as far as the package's functions can use them. */
export const cryptoParts: BuiltinParts = (polyfill, { global, require, unavailable }) => {
  const { Buffer } = require("buffer") as {
    Buffer: { from(value: unknown, encoding?: unknown): Bytes; isBuffer(value: unknown): boolean };
  };
  const web = global.crypto;
  const failure = (Kind: typeof Error, message: string, code: string): Error =>
    Object.assign(new Kind(message), { code });

  class KeyObject {
    readonly type: "secret" | "private" | "public";
    /** Of a secret its bytes, else PEM. */
    readonly #material: Bytes | string;
    readonly asymmetricKeyType: string | undefined;
    constructor(type: KeyObject["type"], material: Bytes | string, asymmetricKeyType?: string) {
      this.type = type;
      this.#material = material;
      this.asymmetricKeyType = asymmetricKeyType;
    }
    get symmetricKeySize(): number | undefined {
      return this.type === "secret" ? this.#material.length : undefined;
    }
    export({ format }: { format?: string } = {}): unknown {
      if (format !== undefined && format !== (this.type === "secret" ? "buffer" : "pem"))
        return unavailable(`KeyObject.export({ format: "${format}" })`)();
      return this.#material;
    }
    equals(other: KeyObject): boolean {
      return this.type === other.type && String(this.#material) === String(other.#material);
    }
    static material(key: unknown): unknown {
      return key instanceof KeyObject ? key.#material : key;
    }
  }

  /** `rsa` or `ec`, by the object identifier that the key starts with. */
  const typeOfPem = (label: string, body: string): string => {
    const named = /^(RSA|EC) /.exec(label)?.[1];
    if (named !== undefined) return named.toLowerCase();
    const head = global.atob(body.replace(/\s/g, "").slice(0, 64));
    return head.includes("\x2a\x86\x48\xce\x3d\x02\x01") ? "ec" : "rsa";
  };
  const createKey = (type: "private" | "public", input: unknown): KeyObject => {
    const inner = (input as { key?: unknown } | null)?.key ?? input;
    const pem = typeof inner === "string" ? inner : inner instanceof Uint8Array ? new TextDecoder().decode(inner) : "";
    const [, label = "", body = ""] = /-----BEGIN ([A-Z ]+)-----([^-]+)-----END/.exec(pem) ?? [];
    if (!label.endsWith(`${type.toUpperCase()} KEY`))
      throw failure(TypeError, `The key is no ${type} key in PEM`, "ERR_OSSL_UNSUPPORTED");
    return new KeyObject(type, pem, typeOfPem(label, body));
  };

  /** What the package takes for a key. It would ignore these options and sign in another way than it was told. */
  const keyOf = (key: unknown): unknown => {
    const options = key as { key?: unknown; padding?: number; dsaEncoding?: string } | null;
    if (options?.padding !== undefined && options.padding !== 1) return unavailable("RSA_PKCS1_PSS_PADDING")();
    if (options?.dsaEncoding === "ieee-p1363") return unavailable(`dsaEncoding: "ieee-p1363"`)();
    return options?.key instanceof KeyObject
      ? { ...options, key: KeyObject.material(options.key) }
      : KeyObject.material(key);
  };
  type Create = (algorithm: string, ...rest: unknown[]) => Record<string, (...values: unknown[]) => unknown>;
  const withKeys =
    (create: Create, method: "sign" | "verify"): Create =>
    (algorithm, ...rest) => {
      const made = create(algorithm, ...rest);
      const original = made[method];
      made[method] = (key, ...values) => original?.call(made, keyOf(key), ...values);
      return made;
    };
  const createHmac = polyfill["createHmac"] as Create;
  const createHash = polyfill["createHash"] as (algorithm: string) => {
    update(data: unknown): { digest(encoding?: string): unknown };
  };

  const randomUUID = (): string => {
    if (typeof web.randomUUID === "function") return web.randomUUID();
    const bytes = web.getRandomValues(new Uint8Array(16));
    bytes[6] = ((bytes[6] ?? 0) & 15) | 64;
    bytes[8] = ((bytes[8] ?? 0) & 63) | 128;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  };

  const randomInt = (
    ...values: (number | ((error: null, value: number) => void) | undefined)[]
  ): number | undefined => {
    const callback =
      typeof values.at(-1) === "function" ? (values.pop() as (error: null, value: number) => void) : undefined;
    const [min, max] = values.length > 1 ? (values as number[]) : [0, values[0] as number];
    const range = Number(max) - Number(min);
    if (!(range > 0 && range <= 2 ** 48)) throw failure(RangeError, `"max" must be above "min"`, "ERR_OUT_OF_RANGE");
    const limit = 2 ** 48 - (2 ** 48 % range);
    let value = limit;
    while (value >= limit) {
      const [high = 0, low = 0] = web.getRandomValues(new Uint32Array(2));
      value = (high & 0xffff) * 2 ** 32 + low;
    }
    const result = (value % range) + Number(min);
    if (callback === undefined) return result;
    queueMicrotask(() => callback(null, result));
    return undefined;
  };

  const timingSafeEqual = (a: ArrayBufferView, b: ArrayBufferView): boolean => {
    const view = (value: ArrayBufferView): Uint8Array =>
      new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    const [left, right] = [view(a), view(b)];
    if (left.length !== right.length)
      throw failure(RangeError, "Input buffers must have the same byte length", "ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH");
    let difference = 0;
    for (const [index, byte] of left.entries()) difference |= byte ^ (right[index] ?? 0);
    return difference === 0;
  };

  return {
    KeyObject,
    createHmac: (algorithm: string, key: unknown) => createHmac(algorithm, KeyObject.material(key)),
    createPrivateKey: (input: unknown) => createKey("private", input),
    createPublicKey: (input: unknown) => createKey("public", input),
    createSecretKey: (key: unknown, encoding?: unknown) =>
      new KeyObject("secret", Buffer.isBuffer(key) ? (key as Bytes) : Buffer.from(key, encoding)),
    createSign: withKeys(polyfill["createSign"] as Create, "sign"),
    createVerify: withKeys(polyfill["createVerify"] as Create, "verify"),
    getFips: () => 0,
    getRandomValues: <Values extends Uint8Array<ArrayBuffer>>(values: Values) => web.getRandomValues(values),
    hash: (algorithm: string, data: unknown, encoding = "hex") =>
      createHash(algorithm)
        .update(data)
        .digest(encoding === "buffer" ? undefined : encoding),
    randomInt,
    randomUUID,
    subtle: web.subtle,
    timingSafeEqual,
    webcrypto: web,
  } satisfies Members;
};
