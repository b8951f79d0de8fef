import { isLoaderError, LoaderError } from "../errors.ts";
import type { UrlSource, WantedUrl } from "../link/link-context.ts";
import { type LockedUrl, lookup, toRecord } from "../lock/lock.ts";
import type { LoadOptions } from "../loader.ts";
import { verifyBytes } from "../verify/verify-bytes.ts";
import { loadCachedUrl } from "./load-cached-url.ts";
import type { LoadContext } from "./load-context.ts";
import { fetchUrlText, loadUrl, readDataUrl, type UrlSourceContext } from "./load-url.ts";
import { notCachedError } from "./offline-errors.ts";
import { remember } from "./remember.ts";

/** The modules by URL of one program: each is loaded once, and locked under all the names that it was asked for by. */
export class ProgramUrls {
  readonly #context: LoadContext;
  readonly #options: LoadOptions;
  readonly #lockedUrls: () => Readonly<Record<string, LockedUrl>>;
  readonly #sources = new Map<string, Promise<UrlSource>>();
  readonly #texts = new Map<string, Promise<string>>();
  /** URL → what the lockfile is to say of it; nothing for what is fetched each time. */
  readonly #locks = new Map<string, LockedUrl>();
  readonly #used = new Map<string, LockedUrl>();
  #isLasting = true;

  /** @param lockedUrls what the lockfile has */
  constructor(context: LoadContext, options: LoadOptions, lockedUrls: () => Readonly<Record<string, LockedUrl>>) {
    this.#context = context;
    this.#options = options;
    this.#lockedUrls = lockedUrls;
  }

  /** What the lockfile is to have of those that were asked for. */
  get used(): Readonly<Record<string, LockedUrl>> {
    return toRecord(this.#used);
  }

  /** Whether another load would give the same: false where something is fetched each time, or after a while. */
  get isLasting(): boolean {
    return this.#isLasting;
  }

  /** @throws LoaderError ERR_LOCKFILE_STALE, and what `loadUrl` throws */
  async source(url: string, referrer: string, wanted: WantedUrl = {}): Promise<UrlSource> {
    const { integrity, lockedAs = url } = wanted;
    const loading = () =>
      url.startsWith("data:") ? readDataUrl(url, this.#context.host) : this.#load(url, referrer, wanted);
    const source = await (this.#sources.get(url) ?? remember(this.#sources, url, loading()));
    const lock = this.#locks.get(url);
    if (lock !== undefined) this.#used.set(lockedAs, lock);
    // It may have come by the lockfile's integrity, or for an importer that named none: both must hold.
    if (integrity !== undefined) await verifyBytes(source.bytes, integrity, { specifier: url, referrer });
    return source;
  }

  /**
   * The text at a URL, for resolvers: no part of the program, and not kept.
   * @throws LoaderError ERR_NOT_CACHED, and what fetching throws
   */
  async text(url: string): Promise<string> {
    const { cacheSetting, signal } = this.#options;
    if (cacheSetting === "only") throw notCachedError(url, { specifier: url });
    return this.#texts.get(url) ?? remember(this.#texts, url, fetchUrlText(url, this.#urlContext, signal));
  }

  async #load(url: string, referrer: string, wanted: WantedUrl): Promise<UrlSource> {
    const { integrity, lockedAs = url, mode = { kind: "static", maxAge: 0 } } = wanted;
    const { frozen = false, cacheSetting, signal } = this.#options;
    const isLive = mode.kind === "live";
    const locked = isLive ? undefined : lookup(this.#lockedUrls(), lockedAs);
    if (mode.kind !== "static") this.#isLasting = false;
    if (locked === undefined && frozen && !isLive) throw unlockedError(lockedAs, referrer);
    const storedOnly = cacheSetting === "only";
    const load = mode.kind === "cached" && !frozen && !storedOnly ? loadCachedUrl : loadUrl;
    const isNamed = lockedAs !== url;
    const settings = { referrer, locked, integrity, isNamed, isLive, storedOnly, signal, maxAge: mode.maxAge };
    const { source, lock } = await load(url, this.#urlContext, settings).catch((error: unknown) => {
      this.#assertUnenforced(url, error);
      return loadUrl(url, this.#urlContext, { ...settings, locked: undefined });
    });
    if (!isLive) this.#locks.set(url, lock);
    // Relative imports of a redirected module start from where it was found.
    if (source.url !== url) this.#sources.set(source.url, Promise.resolve(source));
    return source;
  }

  /** Where only packages are held to the lockfile, what is at a URL now goes before what was there (M12). */
  #assertUnenforced(url: string, error: unknown): void {
    const { emit, options } = this.#context;
    const { frozen = false, cacheSetting } = this.#options;
    const isUnenforced = options.lockEnforcement === "packages" && !frozen && cacheSetting !== "only";
    if (!isUnenforced || !isLoaderError(error) || error.code !== "ERR_INTEGRITY_MISMATCH") throw error;
    const message = `what is there has changed, and is used: ${error.message}`;
    emit({ stage: "verify", kind: "warning", subject: url, message });
  }

  get #urlContext(): UrlSourceContext {
    const { host, fetchContext, store, parallel, options } = this.#context;
    const ownOrigin = new URL(options.base).origin;
    return { host, fetchContext, store, parallel, proxy: options.urlProxy, ownOrigin };
  }
}

function unlockedError(name: string, referrer: string): LoaderError {
  const message = `"${name}" is not in the lockfile, which is frozen`;
  return new LoaderError("ERR_LOCKFILE_STALE", message, { specifier: name, referrer });
}
