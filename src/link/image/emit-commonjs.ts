import { RELOCATION_STRIDE } from "../../artifact/module-record.ts";
import { resolvedAddress } from "./resolved-address.ts";
import type { LinkedModule } from "../linked-module.ts";
import { type PieceSink, quote, type SpliceContext, spliceRange } from "./splice-module.ts";

/** Above this many UTF-16 units JSON.parse is faster than a literal. */
const LITERAL_JSON = 10_000;

/**
 * Writes modules that run as functions with `require`, `module` and `exports` into a classic script, which registers
 * them with the realm: sloppy mode stays sloppy, and nothing of the image's scope is in their way.
 */
export function emitCommonjs(modules: readonly LinkedModule[], mode: string, text: PieceSink): void {
  for (const module of modules) emitFunction(module, mode, text);
}

function emitFunction(module: LinkedModule, mode: string, text: PieceSink): void {
  const { record, url } = module;
  const needs = record.format === "commonjs" ? record.globals : [];
  const parameters = ["exports", "require", "module", "__filename", "__dirname", ...needs].join(", ");
  text.text(
    `__raya.define(${quote(url)}, ${requireTable(module)}, ${JSON.stringify(needs)}, function (${parameters}) {`,
  );
  if (record.format === "json") text.text(` module.exports = ${jsonExpression(record.code)}; `);
  else if (record.format === "css") text.text(` __raya.style(${quote(url)}, ${quote(record.code)}); `);
  else {
    const count = record.relocations.length / RELOCATION_STRIDE;
    spliceRange(module, 0, module.codeLength, 0, count, commonjsContext(mode), text);
    text.text("\n");
  }
  text.text("});\n");
}

/** What a module's `require` calls lead to: URLs, and the errors of what could not be had. */
function requireTable({ record, targets, input }: LinkedModule): string {
  const table: Record<string, unknown> = Object.create(null);
  for (const [index, { kind, specifier }] of record.requests.entries()) {
    if (kind !== "require") continue;
    const target = input.targets[index];
    const found = targets[index];
    if (found !== undefined) table[specifier] = found.url;
    else if (target?.kind === "failed") table[specifier] = target.error.toJSON();
  }
  return quote(table);
}

/** JSON is JavaScript, save for `__proto__`, which a literal would set as the prototype. */
function jsonExpression(text: string): string {
  return text.length > LITERAL_JSON || text.includes("__proto__") ? `JSON.parse(${quote(text)})` : text.trim();
}

export function commonjsContext(mode: string): SpliceContext {
  const unchanged = { text: "", isMember: false };
  return {
    mode,
    plainName: () => undefined,
    reference: () => unchanged,
    member: () => undefined,
    resolved: resolvedAddress,
  };
}
