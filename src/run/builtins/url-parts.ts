import type { BuiltinParts } from "./builtin-realm.ts";

/** `url`: the web's URLs, and paths of them. */
export const urlParts: BuiltinParts = (polyfill, { global, base }) => {
  const invalid = (message: string, code: string): TypeError => Object.assign(new TypeError(message), { code });

  /**
   * Modules of a program have no file: URL. Packages ask for their path while they load, to find their folder; they get the
   * path of the URL.
   */
  const fileURLToPath = (input: string | URL): string => {
    const url = new URL(input);
    if (url.protocol !== "file:" && !url.href.startsWith(base))
      throw invalid("The URL must be of scheme file", "ERR_INVALID_URL_SCHEME");
    if (/%2f/i.test(url.pathname))
      throw invalid("File URL path must not include encoded / characters", "ERR_INVALID_FILE_URL_PATH");
    return decodeURIComponent(url.pathname);
  };

  const pathToFileURL = (path: string): URL => {
    const url = new URL("file:///");
    const encoded = path.replace(/[%\\\n\r\t?#]/g, (character) => encodeURIComponent(character));
    url.pathname = encoded.startsWith("/") ? encoded : `/${encoded}`;
    return url;
  };

  const urlToHttpOptions = (url: URL): object => ({
    protocol: url.protocol,
    hostname: url.hostname.replace(/^\[|\]$/g, ""),
    hash: url.hash,
    search: url.search,
    pathname: url.pathname,
    path: url.pathname + url.search,
    href: url.href,
    ...(url.port === "" ? {} : { port: Number(url.port) }),
    ...(url.username === "" && url.password === ""
      ? {}
      : { auth: `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}` }),
  });

  const formatObject = polyfill["format"] as (value: unknown) => string;
  const format = (value: unknown, options: { auth?: boolean; fragment?: boolean; search?: boolean } = {}): string => {
    if (!(value instanceof URL)) return formatObject(value);
    const url = new URL(value);
    if (options.auth === false) url.username = url.password = "";
    if (options.fragment === false) url.hash = "";
    if (options.search === false) url.search = "";
    return url.href;
  };

  return {
    URL,
    URLPattern: global["URLPattern"],
    URLSearchParams,
    domainToASCII: (domain: string) => URL.parse(`ws://${domain}`)?.hostname ?? "",
    fileURLToPath,
    format,
    pathToFileURL,
    urlToHttpOptions,
  };
};

/** `http` and `https`: requests by URL, and by URL with options, which the packages do not know. */
export const requestParts: BuiltinParts = (polyfill, { global }) => {
  type Call = (options: unknown, callback?: unknown) => unknown;
  const optionsOf = (input: unknown): object => {
    if (typeof input !== "string" && !(input instanceof URL)) return input as object;
    const { protocol, hostname, port, pathname, search, username, password } = new URL(input);
    const auth = username === "" && password === "" ? {} : { auth: `${username}:${password}` };
    return { protocol, hostname, ...(port === "" ? {} : { port }), path: pathname + search, ...auth };
  };
  const byUrl =
    (call: Call): Call =>
    (input: unknown, ...rest: unknown[]) => {
      const options = typeof rest[0] === "object" && rest[0] !== null ? (rest.shift() as object) : {};
      return call({ ...optionsOf(input), ...options }, rest[0]);
    };
  return {
    CloseEvent: global["CloseEvent"],
    MessageEvent: global["MessageEvent"],
    WebSocket: global["WebSocket"],
    get: byUrl(polyfill["get"] as Call),
    maxHeaderSize: 16_384,
    request: byUrl(polyfill["request"] as Call),
  };
};
