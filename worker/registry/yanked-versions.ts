import compare from "semver/functions/compare.js";
import parse from "semver/functions/parse.js";
import type { OwnPackage } from "./own-packages.ts";

/**
 * A package as those see it who choose a version: without the yanked ones. `latest` goes back to the highest of the others,
 * releases first; other tags of what is yanked are gone. Whoever has locked a yanked version still gets its archive.
 */
export function withoutYanked(document: OwnPackage): OwnPackage {
  const kept = Object.entries(document.versions).filter(([, manifest]) => manifest["yanked"] === undefined);
  if (kept.length === Object.keys(document.versions).length) return document;
  const versions = Object.fromEntries(kept);
  const tags = Object.entries(document["dist-tags"]).filter(([, version]) => Object.hasOwn(versions, version));
  const latest = highest(Object.keys(versions));
  return {
    ...document,
    versions,
    "dist-tags": { ...(latest === undefined ? {} : { latest }), ...Object.fromEntries(tags) },
  };
}

function highest(versions: readonly string[]): string | undefined {
  const releases = versions.filter((version) => parse(version)?.prerelease.length === 0);
  return (releases.length === 0 ? versions : releases).toSorted(compare).at(-1);
}
