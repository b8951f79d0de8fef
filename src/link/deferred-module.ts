import { emptyRecord } from "../artifact/module-record.ts";
import type { GraphModule, ModuleReference } from "./module-graph.ts";

/**
 * What `import.defer()` of a module imports: an ES module that imports it with `import defer`, and has its namespace as
 * `default`.
 * @param nodeMode how whoever asks for it sees CommonJS
 */
export function deferredModule(reference: ModuleReference, nodeMode: boolean, via: GraphModule["via"]): GraphModule {
  const { owner, path } = reference;
  const specifier = via?.specifier ?? reference.url;
  return {
    url: `${reference.url}#defer${nodeMode ? "-node" : ""}`,
    owner,
    path,
    type: "defer",
    record: {
      ...emptyRecord(path, "esm"),
      requests: [{ specifier, kind: "import", phase: "defer", line: 1, column: 1 }],
      reexports: [{ name: "default", request: 0, imported: "*" }],
    },
    nodeMode,
    shownAs: `import.defer(${JSON.stringify(specifier)})`,
    targets: [{ kind: "module", url: reference.url }],
    via,
  };
}
