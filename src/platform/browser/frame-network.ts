import type { Asset } from "../../run/image.ts";

/** What answers requests for files of the program. */
export interface NetworkOptions {
  /** Prefix of the program's URLs, ends with `/`. */
  readonly base: string;
  /** What relative URLs are relative to, at the time of the request. */
  baseUrl(): string;
  readAsset(url: string): Promise<Asset | undefined>;
}

/**
 * Puts itself in front of `fetch` and `XMLHttpRequest`: files of the program are answered by the page, verified and
 * without a network; everything else goes out as usual. Reaches frames and workers as text, so it uses nothing from
 * outside of itself.
 */
export function interceptNetwork(options: NetworkOptions): void {
  const { base } = options;
  const { fetch: nativeFetch, XMLHttpRequest: NativeRequest } = globalThis;

  const absolute = (url: string | URL): string => new URL(url, options.baseUrl()).href;

  /** What is there, or what says that nothing is. */
  const read = async (url: string): Promise<Asset & { readonly isMissing: boolean }> => {
    const asset = await options.readAsset(url);
    if (asset !== undefined) return { ...asset, isMissing: false };
    const bytes = new TextEncoder().encode(`"${url}" is not part of the program`);
    return { bytes, type: "text/plain", isMissing: true };
  };

  const respond = async (url: string, method: string): Promise<Response> => {
    const { bytes, type, isMissing } = await read(url);
    const headers = { "content-type": type, "content-length": String(bytes.length) };
    const status = isMissing ? { status: 404, statusText: "Not Found" } : { status: 200, statusText: "OK" };
    const response = new Response(method === "HEAD" ? null : bytes, { headers, ...status });
    return Object.defineProperty(response, "url", { value: url });
  };

  globalThis.fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request = input instanceof Request ? input : undefined;
    const url = request?.url ?? absolute(input as string | URL);
    if (!url.startsWith(base)) return nativeFetch(request ?? url, init);
    const signal = init?.signal ?? request?.signal;
    signal?.throwIfAborted();
    const response = await respond(url, (init?.method ?? request?.method ?? "GET").toUpperCase());
    signal?.throwIfAborted();
    return response;
  };

  /** Opens itself anew, at a URL that has the file's bytes, when they are there. */
  class ProgramRequest extends NativeRequest {
    #url: string | undefined;
    #isMissing = false;
    #isSynchronous = false;
    /** Grows with every `open` and `abort`: an answer that comes after is not wanted any more. */
    #turn = 0;

    override open(
      method: string,
      url: string | URL,
      async = true,
      user?: string | null,
      password?: string | null,
    ): void {
      const address = absolute(url);
      this.#turn++;
      this.#isMissing = false;
      this.#isSynchronous = !async;
      this.#url = address.startsWith(base) ? address : undefined;
      super.open(method, this.#url === undefined ? address : "data:,", async, user, password);
    }

    override send(body?: Document | XMLHttpRequestBodyInit | null): void {
      const url = this.#url;
      if (url === undefined) return super.send(body);
      if (this.#isSynchronous) throw new DOMException(`"${url}" can only be had asynchronously`, "NetworkError");
      void this.#answer(url, ++this.#turn);
    }

    async #answer(url: string, turn: number): Promise<void> {
      const asset = await read(url).catch(() => undefined);
      if (turn !== this.#turn) return;
      this.#isMissing = asset?.isMissing === true;
      const address = URL.createObjectURL(new Blob(asset && [asset.bytes], { type: asset?.type ?? "" }));
      const revoke = (): void => URL.revokeObjectURL(address);
      // A URL that leads nowhere is an error of the network, as what kept the page from answering is.
      if (asset === undefined) revoke();
      this.addEventListener("loadend", revoke, { once: true });
      super.open("GET", address);
      super.send();
    }

    override abort(): void {
      this.#turn++;
      super.abort();
    }

    override get status(): number {
      return this.#isMissing && super.status === 200 ? 404 : super.status;
    }

    override get statusText(): string {
      return this.#isMissing && super.status === 200 ? "Not Found" : super.statusText;
    }

    override get responseURL(): string {
      return super.responseURL === "" ? "" : (this.#url ?? super.responseURL);
    }
  }
  globalThis.XMLHttpRequest = ProgramRequest;
}
