/**
 * What is used of a service worker's global scope. TypeScript's own declarations of it exclude those of a page, and this
 * folder has both sides.
 */
export interface ServiceWorkerScope {
  readonly location: { readonly origin: string };
  readonly caches: CacheStorage;
  readonly clients: {
    /** Takes the pages that were loaded without a service worker under this one. */
    claim(): Promise<void>;
  };
  fetch(request: Request | string, init?: RequestInit): Promise<Response>;
  /** Takes over now, even if pages of the worker before are still open. */
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", listener: (event: LifetimeEvent) => void): void;
  addEventListener(type: "message", listener: (event: LifetimeEvent & { readonly data: unknown }) => void): void;
  addEventListener(type: "fetch", listener: (event: FetchEvent) => void): void;
}

/** An event that the browser keeps the service worker running for. */
export interface LifetimeEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}

/** A request of a page under this service worker. Left alone, it goes to the network. */
export interface FetchEvent extends LifetimeEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
