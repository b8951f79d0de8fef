import { execFile } from "node:child_process";
import { constants, createReadStream, createWriteStream, existsSync } from "node:fs";
import { access, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createBrotliDecompress } from "node:zlib";

/**
 * A Chromium to test with.
 * @typedef {object} Browser
 * @property {string} executablePath
 * @property {"CHROMIUM_PATH" | "playwright" | "system" | "npm"} origin
 * @property {Record<string, string>} [env] variables to start it with, on top of the present ones
 */

const SYSTEM_NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const MAC_PATHS = ["Google Chrome", "Chromium"].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);

/** A machine may have no fonts at all; the ones in the package are then found too, wherever they lie. */
const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;

/**
 * Finds a Chromium, in this order: the one that the variable CHROMIUM_PATH names, Playwright's own, one installed on the
 * system, and the one that came with `npm ci` (which is unpacked first). RAYA_BROWSER=npm goes straight to the last.
 * @returns {Promise<Browser>}
 */
export async function findBrowser() {
  const named = process.env["CHROMIUM_PATH"];
  if (named !== undefined && named !== "") {
    if (!(await isExecutable(named))) throw new Error(`CHROMIUM_PATH is "${named}", which is not a program`);
    return { executablePath: named, origin: "CHROMIUM_PATH" };
  }
  if (process.env["RAYA_BROWSER"] === "npm") return browserFromNpm();
  const playwrights = (await import("playwright")).chromium.executablePath();
  if (await isExecutable(playwrights)) return { executablePath: playwrights, origin: "playwright" };
  const installed = await browserFromSystem();
  return installed === undefined ? browserFromNpm() : { executablePath: installed, origin: "system" };
}

/** @returns {Promise<string | undefined>} */
async function browserFromSystem() {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const candidates = SYSTEM_NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  for (const path of [...candidates, ...MAC_PATHS]) if (await isExecutable(path)) return path;
  return undefined;
}

/** @param {string} path */
function isExecutable(path) {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/**
 * The one in `@sparticuz/chromium`. Its own `executablePath()` unpacks into the system's temporary folder, where an
 * interrupted attempt, or anything else called `chromium`, is taken for the browser ever after.
 * @returns {Promise<Browser>}
 */
async function browserFromNpm() {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error(
      "No Chromium was found. Set CHROMIUM_PATH to one, or let Playwright install its own: npx playwright install chromium",
    );
  }
  const packed = join(dirname(fileURLToPath(import.meta.resolve("@sparticuz/chromium"))), "../bin");
  const folder = await unpackOnce(
    packed,
    fileURLToPath(new URL("../node_modules/.cache/raya-chromium", import.meta.url)),
  );
  const executablePath = join(folder, "chromium");
  const fonts = { FONTCONFIG_PATH: join(folder, "fonts") };
  if (await starts(executablePath, fonts)) return { executablePath, origin: "npm", env: fonts };
  const env = { ...fonts, LD_LIBRARY_PATH: join(folder, "al2023/lib") };
  if (await starts(executablePath, env)) return { executablePath, origin: "npm", env };
  throw new Error(
    `The Chromium that came with npm does not start on this machine. Set CHROMIUM_PATH to one that does.`,
  );
}

/**
 * Asks for its version: fails where a library is missing.
 * @param {string} executablePath
 * @param {Record<string, string>} env
 */
function starts(executablePath, env) {
  return promisify(execFile)(executablePath, ["--version"], { env: { ...process.env, ...env } }).then(
    () => true,
    () => false,
  );
}

/**
 * Unpacks beside the target and renames at the end, so that the target is always complete.
 * @param {string} packed folder of the archives
 * @param {string} target
 */
async function unpackOnce(packed, target) {
  if (existsSync(target)) return target;
  await mkdir(dirname(target), { recursive: true });
  const staging = await mkdtemp(`${target}-`);
  try {
    await unpackAll(packed, staging);
    await rename(staging, target);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    // Another process may have been quicker.
    if (!existsSync(target)) throw error;
  }
  return target;
}

/**
 * @param {string} packed
 * @param {string} folder
 */
async function unpackAll(packed, folder) {
  const { unpackTar } = await import("modern-tar/fs");
  const open = (/** @type {string} */ name) => createReadStream(join(packed, name)).pipe(createBrotliDecompress());
  await pipeline(open("chromium.br"), createWriteStream(join(folder, "chromium"), { mode: 0o755 }));
  await pipeline(open("swiftshader.tar.br"), unpackTar(folder));
  await pipeline(open("fonts.tar.br"), unpackTar(join(folder, "fonts")));
  await writeFile(join(folder, "fonts/fonts.conf"), FONTS);
  await pipeline(open("al2023.tar.br"), unpackTar(join(folder, "al2023")));
}
