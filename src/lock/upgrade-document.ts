import type { InvalidAt } from "./invalid-lock.ts";
import { toRecord } from "./lock.ts";
import { LockFields, type Table } from "./lock-fields.ts";

/**
 * Rewrites the tables of a lock of version 1 as those of version 2: dependencies were lists of `name@version` and
 * `alias = name@version`, what is imported led to a version, builtins to `name@version/path`.
 * @throws what `invalid` makes
 */
export function upgradeDocument(root: Table, invalid: InvalidAt): Table {
  const fields = new LockFields(root, [], invalid);
  const imports = Object.entries(fields.textMap("imports") ?? {}).map(([request, version]): [string, string] => [
    request,
    `${request.slice(0, request.lastIndexOf("@"))}@${version}`,
  ]);
  const builtins = Object.entries(fields.textMap("builtins") ?? {}).map(([name, target]): [string, Table] => {
    const [, id, path = ""] = /^((?:@[^/@]+\/)?[^/@]+@[^/@]+)(\/.+)?$/.exec(target) ?? [];
    if (id === undefined)
      throw invalid(fields.at("builtins", name), `"${target}" is not name@version or name@version/path`);
    return [name, { package: id, subpath: `.${path}` }];
  });
  const packages = fields
    .tables("package")
    .map((table, index) => ({ ...table, dependencies: upgradeEdges(table, index, invalid) }));
  return { ...root, version: 2, imports: toRecord(imports), builtins: toRecord(builtins), package: packages };
}

function upgradeEdges(table: Table, index: number, invalid: InvalidAt): Table {
  const fields = new LockFields(table, ["package", index], invalid);
  const edges = (fields.texts("dependencies") ?? []).map((edge): [string, string] => {
    const [alias, target] = edge.split(" = ", 2);
    const id = target ?? edge;
    const at = id.lastIndexOf("@");
    if (alias === undefined || at < 1) throw invalid(fields.at("dependencies"), `"${edge}" is not name@version`);
    return [target === undefined ? id.slice(0, at) : alias, id];
  });
  return toRecord(edges);
}
