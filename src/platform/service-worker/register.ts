import { LoaderError } from "../../errors.ts";
import { ACTIVATE_MESSAGE } from "./app-shell.ts";

export interface RegisterOptions {
  /**
   * A newer build is ready. `activate` makes it take over: this and every other open page of the site reloads. Without it
   * the newer build takes over once all of them are closed.
   */
  onUpdateReady(activate: () => void): void;
}

/**
 * Registers the service worker that keeps the page for offline use. Does nothing where there are none (plain HTTP).
 * @param url of the script; it is to be served with `cache-control: max-age=600`
 * @throws LoaderError ERR_STORE_UNAVAILABLE when the browser refuses
 */
export async function registerServiceWorker(url: string, options: RegisterOptions): Promise<void> {
  const container: ServiceWorkerContainer | undefined = navigator.serviceWorker;
  if (container === undefined) return;
  // The first service worker to take the page over has the same build; whichever follows it has another.
  let controlled = container.controller !== null;
  container.addEventListener("controllerchange", () => {
    if (controlled) location.reload();
    controlled = true;
  });
  const offer = (worker: ServiceWorker | null): void => {
    // Without a controller this is the first service worker, and no update.
    if (worker === null || container.controller === null) return;
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- only a window's has one
    options.onUpdateReady(() => worker.postMessage(ACTIVATE_MESSAGE));
  };
  const watch = (worker: ServiceWorker | null): void =>
    worker?.addEventListener("statechange", () => {
      if (worker.state === "installed") offer(worker);
    });
  const registration = await register(container, url);
  offer(registration.waiting);
  watch(registration.installing);
  registration.addEventListener("updatefound", () => watch(registration.installing));
}

async function register(container: ServiceWorkerContainer, url: string): Promise<ServiceWorkerRegistration> {
  try {
    // Every time a page opens, the browser checks for a newer script. `all` lets it ask its HTTP cache, so within the
    // script's ten minutes the check is no request at all: a page that is opened offline then makes none.
    return await container.register(url, { updateViaCache: "all" });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LoaderError(
      "ERR_STORE_UNAVAILABLE",
      `The page cannot be kept for offline use: ${reason}`,
      { url },
      cause,
    );
  }
}
