import { type Browser, type BrowserContext, chromium, type LaunchOptions } from "playwright";
import { findBrowser } from "../../../scripts/browser.mjs";

/** Starts the Chromium that the project tests with. */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch(await launchOptions());
}

/** Starts it with a profile that stays: what it stores is there the next time. */
export async function launchProfile(folder: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, await launchOptions());
}

async function launchOptions(): Promise<LaunchOptions> {
  const { executablePath, env } = await findBrowser();
  return { executablePath, ...(env && { env: { ...process.env, ...env } }) };
}
