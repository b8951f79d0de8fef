// Draws the PNG icons from raya.svg through Chromium. Run it after changing the mark:
// CHROMIUM_PATH=… node web-demo/build/make-icons.js
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright";

const folder = new URL("../public/icons/", import.meta.url);
const svg = readFileSync(new URL("raya.svg", folder), "utf8");
const executablePath = process.env["CHROMIUM_PATH"];
const browser = await chromium.launch(executablePath === undefined ? {} : { executablePath });

async function draw(name, size, markup) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(
    `<style>body { margin: 0 } svg { display: block; width: 100vw; height: 100vh }</style>${markup}`,
  );
  await page.screenshot({ path: fileURLToPath(new URL(name, folder)), omitBackground: true });
  await page.close();
}

await draw("raya-192.png", 192, svg);
await draw("raya-512.png", 512, svg);
// A launcher crops a maskable icon to its own shape: no round corners, the mark within the safe circle.
const maskable = svg
  .replace(' rx="7"', "")
  .replace('viewBox="0 0 32 32"', 'viewBox="-5 -5 42 42"')
  .replace('<rect width="32" height="32"', '<rect x="-5" y="-5" width="42" height="42"');
await draw("raya-maskable-512.png", 512, maskable);
await browser.close();
