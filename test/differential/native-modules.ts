import { registerHooks } from "node:module";
import { observe } from "./observe.ts";
import type { Outcome, TestProgram } from "./program.ts";

const SCHEME = "native:";

const programs = new Map<string, TestProgram["files"]>();
let hooked = false;
let count = 0;

/** What Node's own module loader makes of a program of ES modules, whose files it is given from memory. */
export async function runNatively(program: TestProgram, patience: number): Promise<Outcome> {
  installHooks();
  const host = `program-${count++}`;
  programs.set(host, program.files);
  const run = () => importNatively(`${SCHEME}//${host}${program.entry}`);
  const outcome = await observe(
    async ({ __images }) => ({ namespace: await __images.load(program.entry, run) }),
    patience,
    program,
  );
  programs.delete(host);
  return outcome;
}

let native: ((url: string) => Promise<unknown>) | undefined;

/** Node's own `import()`, out of reach of test runners that rewrite the one in this file. */
async function importNatively(url: string): Promise<unknown> {
  if (native === undefined) {
    const source = "data:text/javascript,export default (url) => import(url)";
    native = ((await import(source)) as { default: typeof native }).default;
  }
  return native?.(url);
}

function installHooks(): void {
  if (hooked) return;
  hooked = true;
  registerHooks({
    resolve(specifier, context, next) {
      const parent = context.parentURL;
      if (specifier.startsWith(SCHEME)) return { url: specifier, format: "module", shortCircuit: true };
      if (parent?.startsWith(SCHEME) !== true) return next(specifier, context);
      const url = new URL(specifier, parent).href;
      if (textOf(url) === undefined) throw Object.assign(new Error(`No ${url}`), { code: "ERR_MODULE_NOT_FOUND" });
      return { url, format: "module", shortCircuit: true };
    },
    load(url, context, next) {
      if (!url.startsWith(SCHEME)) return next(url, context);
      return { format: "module", source: textOf(url) ?? "", shortCircuit: true };
    },
  });
}

function textOf(url: string): string | undefined {
  const { host, pathname } = new URL(url);
  return programs.get(host)?.[decodeURIComponent(pathname)];
}
