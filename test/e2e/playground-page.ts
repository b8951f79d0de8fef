import { expect, type FrameLocator, type Locator, type Page } from "playwright/test";
import type { ConsoleApi } from "../../web-demo/console-api.ts";

/** A row of the panel that lists what was loaded. */
export interface PackageRow {
  name: string;
  version: string;
  source: string;
  sha256: string;
}

/** The playground as a visitor uses it. */
export class PlaygroundPage {
  readonly page: Page;
  readonly url: string;
  readonly status: Locator;
  readonly error: Locator;

  constructor(page: Page, url: string) {
    this.page = page;
    this.url = url;
    this.status = page.getByTestId("status");
    this.error = page.getByTestId("error");
  }

  /** Opens the page and waits until a program can be run. */
  async open(): Promise<void> {
    await this.page.goto(this.url);
    await this.page.waitForFunction(() => "raya" in window);
  }

  /** Opens the page and waits until its service worker has it, so that it needs the network no more. */
  async openInstalled(): Promise<void> {
    await this.open();
    await this.page.evaluate(() => navigator.serviceWorker.ready);
    await this.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  }

  /** Replaces the project; a single text is `/main.tsx`. */
  async setProject(project: string | Record<string, string>, entry?: string): Promise<void> {
    const files = typeof project === "string" ? { "/main.tsx": project } : project;
    const first = entry ?? Object.keys(files)[0];
    await this.page.evaluate(([all, main]) => window.raya.setProject(all, main), [files, first] as const);
  }

  /** Runs `project`, or what is there, waits for the end, good or bad, and gives which. */
  async run(project?: string | Record<string, string>, entry?: string): Promise<string> {
    if (project !== undefined) await this.setProject(project, entry);
    const state = await this.page.evaluate(() => window.raya.run());
    await expect(this.status).toHaveAttribute("data-state", state);
    return state;
  }

  /** Runs `project` and expects that it succeeds. */
  async runToEnd(project?: string | Record<string, string>, entry?: string): Promise<void> {
    const state = await this.run(project, entry);
    expect(state, await this.errorText()).toBe("done");
    await expect(this.error).toHaveCount(0);
  }

  /** Runs `project` and expects the error `code`; gives the text that the visitor reads. */
  async runToError(code: string, project?: string | Record<string, string>, entry?: string): Promise<string> {
    expect(await this.run(project, entry)).toBe("failed");
    await expect(this.error).toBeVisible();
    const text = await this.errorText();
    expect(await this.error.getAttribute("data-code"), text).toBe(code);
    return text;
  }

  /** Lines of the console, in order. */
  console(level?: string): Locator {
    return this.page.locator(`[data-testid=console-entry]${level === undefined ? "" : `[data-level=${level}]`}`);
  }

  /** The document in which the program runs. */
  frame(): FrameLocator {
    return this.page.getByTestId("frame-host").locator("iframe").contentFrame();
  }

  /** What the panel says was loaded. */
  async packages(): Promise<PackageRow[]> {
    return this.page.getByTestId("package-row").evaluateAll((rows) =>
      rows.map((row) => {
        const attribute = (name: string): string => row.getAttribute(`data-${name}`) ?? "";
        return {
          name: attribute("name"),
          version: attribute("version"),
          source: attribute("source"),
          sha256: attribute("sha256"),
        };
      }),
    );
  }

  lockfile(): Promise<ReturnType<ConsoleApi["getLockfile"]>> {
    return this.page.evaluate(() => window.raya.getLockfile());
  }

  async setLockfile(text: string | null): Promise<void> {
    await this.page.evaluate((lock) => window.raya.setLockfile(lock), text);
  }

  /** The visible error, or nothing. */
  async errorText(): Promise<string> {
    return (await this.error.allInnerTexts()).join("\n");
  }
}

/** Empties the browser's HTTP cache, which is a good copy too, and answers the check for a newer service worker. */
export async function clearHttpCache(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.clearBrowserCache");
  await session.detach();
}
