import type { LinkContext } from "../link/link-context.ts";
import { OwnModules } from "../link/own-modules.ts";
import type { LoadOptions } from "../loader.ts";
import { PlugIns } from "../resolve/resolvers/plug-ins.ts";
import type { LoadContext } from "./load-context.ts";
import { createProjectTree } from "./project-tree.ts";

/**
 * What linking a program goes by: the loader's settings, those of the load, and where modules come from.
 * @param fetchText gives the text at a URL, for resolvers that look names up there
 */
export function createLinkContext(
  sources: LinkContext["sources"],
  { mode }: LoadOptions,
  context: LoadContext,
  fetchText: (url: string) => Promise<string>,
): LinkContext {
  const { options, host } = context;
  const builtins = new Set(options.builtins ?? host.builtins);
  return {
    base: options.base,
    mode: mode ?? context.mode,
    conditions: options.conditions ?? [],
    tree: createProjectTree(sources.files),
    importMap: context.importMap,
    importModes: options.importModes ?? {},
    plugIns: new PlugIns(options.resolvers ?? [], { fetchText, builtins }),
    language: context.language,
    nativeModules: context.nativeModules,
    nativeBuiltins: builtins,
    ownModules: new OwnModules(),
    sources,
  };
}
