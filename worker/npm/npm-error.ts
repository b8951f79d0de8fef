import type { Context } from "hono";
import { isLoaderError } from "../../src/errors.ts";

/**
 * The npm client shows `error` of an error's body, and expects a text there: it gets message and code, and everything else
 * beside them, under `details`.
 */
export async function explainToNpm(c: Context): Promise<void> {
  if (!isLoaderError(c.error) || !c.req.header("user-agent")?.startsWith("npm/")) return;
  const { code, message } = c.error;
  const { error: details }: { error: unknown } = await c.res.json();
  const { status, headers } = c.res;
  c.res = new Response(JSON.stringify({ error: `${message} [${code}]`, details }), { status, headers });
}
