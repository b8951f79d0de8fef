import type { IsolateParts } from "./isolate-parts.ts";
import type { IsolateFile, IsolateProgram } from "./isolate-program.ts";
import type { Outcome } from "./isolate-responder.ts";

/** A program that has been started, or whose start has failed. */
export interface StartedIsolate {
  readonly namespace: Readonly<Record<string, unknown>>;
  /** What the runtime gets as default export: the program's own. */
  readonly handlers: unknown;
  /** Answers a request with the program's handler; what it throws is an answer too. */
  respond(request: Request, env: unknown, ctx: unknown): Promise<Response>;
}

/**
 * Starts a program in an isolate of its own. Reaches it as text, so it uses nothing from outside of itself.
 * @param mark value of the header that tells answers which are errors
 */
export async function startIsolate(
  parts: IsolateParts,
  program: IsolateProgram,
  mark: string,
): Promise<StartedIsolate> {
  const { base, mode, files } = program;
  const { process } = globalThis as unknown as {
    process: { env: Record<string, string>; versions: Record<string, string> };
  };
  // Ten calls, as engines have it, end inside of a package; the one that its user wrote comes further down.
  Object.assign(Error, { stackTraceLimit: 50 });
  process.env["NODE_ENV"] ??= mode;
  // Code that looks for Node would look for its files next.
  delete process.versions["node"];

  const readFile = (url: string): IsolateFile | undefined => {
    const address = url.replace(/[?#].*$/, "");
    // What asks by bare name (`fetch("sql-wasm.wasm")`) does not know where its files are.
    const name = address.slice(address.lastIndexOf("/"));
    return files[address] ?? Object.entries(files).find(([known]) => known.endsWith(name))?.[1];
  };
  if (Object.keys(files).length > 0) parts.answerFiles(base, readFile);
  if (Object.keys(program.compiled).length > 0) parts.useCompiledWasm(program.compiled, parts.fingerprint);

  const evaluate = async (): Promise<Outcome> => {
    try {
      const runtime = parts.createIsolateRealm(parts, program, readFile);
      await runtime.prepareWasm(program.wasm);
      for (const name of program.names) await program.load(name);
      const { namespace } = await runtime.importEntry(program.entry);
      return { namespace: namespace as Record<string, unknown> };
    } catch (error) {
      return { namespace: {}, failure: { error } };
    }
  };
  return parts.createResponder(await evaluate(), mark);
}
