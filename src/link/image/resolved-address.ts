import type { LinkedModule } from "../linked-module.ts";
import { quote } from "./splice-module.ts";

/** The address that `import.meta.resolve("x")` gives. */
export function resolvedAddress(module: LinkedModule, request: number): string {
  const target = module.input.targets[request];
  if (target?.kind === "address") return quote(target.url);
  if (target?.kind === "failed") return `__raya.fail(${quote(JSON.stringify(target.error.toJSON()))})`;
  return `__raya.meta(${quote(module.url)}).resolve(${quote(module.record.requests[request]?.specifier ?? "")})`;
}
