import type { GraphModule } from "./module-graph.ts";

/** From the project's file to `module`: one link for each file of the project and each package in between. */
export function importChain(
  module: Pick<GraphModule, "owner" | "shownAs" | "via">,
  find: (url: string) => GraphModule | undefined,
): string[] {
  const chain: string[] = [];
  for (let at: typeof module | undefined = module; at !== undefined; at = at.via && find(at.via.url)) {
    const name = at.owner.kind === "package" ? at.owner.key : at.shownAs;
    if (chain[0] !== name) chain.unshift(name);
  }
  return chain;
}
