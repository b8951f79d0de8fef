import type { StartedIsolate } from "./isolate-main.ts";

/** What has become of the start of a program. */
export interface Outcome {
  readonly namespace: Readonly<Record<string, unknown>>;
  readonly failure?: { readonly error: unknown };
}

/** Header of an answer that is an error of the program, in JSON; its value is the program's id. */
export const THROWN_HEADER = "raya-thrown";

/**
 * Makes what answers requests of a program's default export: platforms hand errors on without their stacks. Reaches
 * isolates as text, so it uses nothing from outside of itself.
 */
export function createResponder({ namespace, failure }: Outcome, mark: string): StartedIsolate {
  interface Handler {
    fetch?(request: Request, env: unknown, ctx: unknown): Response | Promise<Response>;
  }
  const describe = (thrown: unknown, depth = 0): object => {
    if (!(thrown instanceof Error)) return { message: String(thrown) };
    const { name, message, stack, cause } = thrown;
    const { code, details } = thrown as { code?: unknown; details?: unknown };
    const more = cause === undefined || depth === 10 ? {} : { cause: describe(cause, depth + 1) };
    const facts = { ...(typeof code === "string" && { code }), ...(details !== undefined && { details }) };
    return { name, message, stack, ...more, ...facts };
  };
  const rethrow = {
    fetch: () => {
      throw failure?.error;
    },
  };
  const given = failure === undefined ? namespace["default"] : rethrow;
  const isHandler = (typeof given === "object" && given !== null) || typeof given === "function";

  const call = async (request: Request, env: unknown, ctx: unknown): Promise<Response> => {
    // A class is an entrypoint: there is one object for each request.
    const handler = (
      typeof given === "function" ? new (given as new (ctx: unknown, env: unknown) => Handler)(ctx, env) : given
    ) as Handler | undefined;
    if (typeof handler?.fetch === "function") return handler.fetch(request, env, ctx);
    const code = "ERR_NO_FETCH_HANDLER";
    const message = "The program has no default export with a fetch() method";
    const hint = "export default { fetch(request) { return new Response(…) } }, or an object that has such a method";
    throw Object.assign(new Error(message), { name: "LoaderError", code, details: { hint } });
  };
  return {
    namespace,
    handlers: isHandler ? given : {},
    respond: async (request, env, ctx) => {
      try {
        return await call(request, env, ctx);
      } catch (error) {
        return Response.json(describe(error), { status: 500, headers: { "raya-thrown": mark } });
      }
    },
  };
}
