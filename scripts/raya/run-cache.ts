import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readCacheSettings } from "../../src/load/cache/cache-settings.ts";
import { type CachedThing, CacheVerbs } from "../../src/load/cache/cache-verbs.ts";
import { cacheFolder } from "../../src/platform/node/cache-folder.ts";
import { sweepFolder } from "../../src/platform/node/folder-store.ts";
import { createNodeHost } from "../../src/platform/node/host.ts";
import { rayaHome, readUserConfig } from "./user-config.ts";
import { wrongArgument } from "./wrong-argument.ts";

/** `cache ls|rm|verify|gc|pin|unpin`: what is stored in the folder that `config.toml` names, or else `~/.raya/cache`. */
export async function runCache(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { dir: { type: "string" }, "max-size": { type: "string" } },
  });
  const [verb, ...names] = positionals;
  const { config } = readUserConfig();
  const folder = values.dir ?? cacheFolder(config) ?? join(rayaHome(), "cache");
  const cache = new CacheVerbs(createNodeHost({ cache: folder }));
  if (verb === "ls" && names.length === 0) return printThings(await cache.list());
  if (verb === "rm" && names.length > 0) return printThings(await removeAll(cache, names));
  if (verb === "verify" && names.length === 0) return verify(cache);
  if (verb === "gc" && names.length === 0)
    return collect(cache, folder, values["max-size"] ?? readCacheSettings(config ?? "").maxSize);
  const [name, lockfile, ...others] = names;
  if (verb === "pin" && name !== undefined && lockfile !== undefined && others.length === 0)
    return cache.pin(name, readFileSync(lockfile, "utf8"));
  if (verb === "unpin" && name !== undefined && names.length === 1) return cache.unpin(name);
  throw wrongArgument("cache takes ls, rm NAME…, verify, gc, pin NAME LOCKFILE or unpin NAME");
}

async function removeAll(cache: CacheVerbs, names: readonly string[]): Promise<CachedThing[]> {
  const removed: CachedThing[] = [];
  for (const name of names) removed.push(...(await cache.remove(name)));
  return removed;
}

async function verify(cache: CacheVerbs): Promise<void> {
  const { checked, bytes, damaged } = await cache.verify();
  printThings(damaged);
  console.error(`${checked} things, ${bytes} bytes: ${damaged.length} damaged and dropped`);
}

async function collect(cache: CacheVerbs, folder: string, maxSize: number | string | undefined): Promise<void> {
  const swept = (await sweepFolder(folder)) + (await cache.collect());
  const { dropped, freed } = maxSize === undefined ? { dropped: [], freed: 0 } : await cache.trim(maxSize);
  for (const name of dropped) console.log(name);
  console.error(`${swept + freed} bytes freed`);
}

/** One line each: kind, bytes, last use, name, pins. */
function printThings(things: readonly CachedThing[]): void {
  for (const { kind, size, lastUsed, name, pins } of things) {
    const pinned = pins.length === 0 ? "" : `  pinned: ${pins.join(", ")}`;
    console.log(`${kind.padEnd(8)} ${String(size).padStart(10)}  ${lastUsed.toISOString()}  ${name}${pinned}`);
  }
}
