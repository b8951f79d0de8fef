import { LoaderError } from "../errors.ts";
import { fetchBytes, type FetchContext } from "../fetch/fetch-bytes.ts";
import { readRegistries, type RegistryTexts } from "../fetch/registries/read-registries.ts";
import { createRegistry } from "../fetch/registry.ts";
import { unpackArchive } from "../fetch/unpack-archive.ts";
import type { AgeOptions } from "../solve/newest-allowed.ts";
import { markdownHeadings, markdownSection } from "./markdown-section.ts";
import { packageInfo } from "./package-info.ts";
import { createProjectRegistry } from "./project-registry.ts";

/** Where packages come from. */
export interface DocsSettings extends RegistryTexts, AgeOptions {
  /** Base URL of the names that the texts send nowhere else; ends with `/`. */
  readonly registry: string;
}

/**
 * The README of a package, or the Markdown text at a URL; of either one section (M68).
 * @param argument `name`, `name@range`, or a URL, with `#heading` behind it for one section: its text or its anchor
 * @throws LoaderError ERR_SECTION_NOT_FOUND with the headings that there are; ERR_MODULE_NOT_FOUND for a package without a README;
 * what `packageInfo` and fetching throw
 */
export async function packageDocs(argument: string, context: FetchContext, settings: DocsSettings): Promise<string> {
  const [, subject = argument, heading] = /^(.*?)\s*#\s*(.*)$/s.exec(argument) ?? [];
  const isUrl = /^https?:\/\//.test(subject);
  const markdown = isUrl ? await readText(subject, context) : await readReadme(subject, context, settings);
  if (heading === undefined) return markdown;
  const section = markdownSection(markdown, decodeHeading(heading));
  if (section !== undefined) return section;
  const headings = markdownHeadings(markdown);
  throw new LoaderError("ERR_SECTION_NOT_FOUND", `The documentation of "${subject}" has no section "${heading}"`, {
    specifier: argument,
    hint: headings.length === 0 ? "it has none" : `it has: ${headings.join(", ")}`,
  });
}

async function readText(url: string, context: FetchContext): Promise<string> {
  const { bytes } = await fetchBytes(context, { url, subject: url, limit: context.limits.urlModuleBytes });
  return new TextDecoder().decode(bytes);
}

/** Anchors of addresses are encoded. */
function decodeHeading(heading: string): string {
  try {
    return decodeURIComponent(heading);
  } catch {
    return heading;
  }
}

/** Of the archive, which is verified: registries have a README of the newest version only, if any. */
async function readReadme(
  argument: string,
  context: FetchContext,
  { registry, now, before, minimumReleaseAge, releaseAgeExceptions, ...texts }: DocsSettings,
): Promise<string> {
  const ages = { now, before, minimumReleaseAge, releaseAgeExceptions };
  const { manifest } = await packageInfo(argument, createProjectRegistry(context, registry, texts), ages);
  const { name, version, dist } = manifest;
  const settings = readRegistries(registry, texts);
  const source = createRegistry(context, settings.registry ?? registry, settings);
  const { integrity = "", tarball } = dist;
  const id = `${name}@${version}`;
  const { bytes } = await source.archive({ name, version, integrity, tarball });
  const files = await unpackArchive(bytes, { package: id }, context.limits, isReadme);
  const [readme] = [...files.keys()].toSorted((a, b) => Number(/\.txt$/i.test(a)) - Number(/\.txt$/i.test(b)));
  const text = readme === undefined ? undefined : files.get(readme);
  if (text !== undefined) return new TextDecoder().decode(text);
  throw new LoaderError("ERR_MODULE_NOT_FOUND", `"${id}" has no README`, { package: id });
}

function isReadme(path: string): boolean {
  return /^readme(?:\.(?:md|markdown|mdown|txt))?$/i.test(path);
}
