import type { ModuleWriter } from "./module-writer.ts";
import { clauseName } from "./names.ts";
import { clause, type Piece } from "./pieces.ts";
import type { Request } from "./plan.ts";

/** The import and export-from clauses of a module. */
export function requests(w: ModuleWriter): (() => Piece)[] {
  return w.module.requests.map((request) => () => clause(requestText(w, request)));
}

function requestText(w: ModuleWriter, { target, clause: what }: Request): string {
  const gap = w.gap();
  const from = `${gap}from${gap}${w.specifierOf(target)}`;
  if (what.kind === "bare") return `import${gap}${w.specifierOf(target)}`;
  if (what.kind === "star") return `export${gap}*${from}`;
  if (what.kind === "starAs") return `export${gap}*${gap}as ${clauseName(what.exported)}${from}`;
  if (what.kind === "from") return `export${gap}{${gap}${list(w, what.names)} }${from}`;
  const { byDefault, namespace, names } = what;
  const parts = byDefault === undefined ? [] : [w.spell(byDefault)];
  if (namespace !== undefined) parts.push(`*${gap}as ${w.spell(namespace)}`);
  else if (names.length > 0 || byDefault === undefined || w.random.chance(0.1))
    parts.push(`{${gap}${list(w, names)} }`);
  return `import${gap}${parts.join(`,${gap}`)}${from}`;
}

/** `a, b as c`: in imports and in exports from elsewhere. */
function list(w: ModuleWriter, names: readonly (readonly [string, string])[]): string {
  const items = names.map(([first, second]) =>
    first === second && w.random.chance(0.8) ? clauseName(first) : `${clauseName(first)} as ${clauseName(second)}`,
  );
  return items.join(`,${w.gap()}`) + (items.length > 0 && w.random.chance(0.2) ? "," : "");
}
