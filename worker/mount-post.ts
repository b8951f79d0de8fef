import type { Handler, Hono } from "hono";
import { LoaderError } from "../src/errors.ts";

/** Adds what is only posted: other methods of that path hear so. */
export function mountPost(app: Hono, path: string, handler: Handler): void {
  app.post(path, handler);
  app.all(path, ({ req: { method } }) => {
    throw noSuchMethod(method, "POST");
  });
}

/** @param expected methods that there are, as `allow` lists them */
export function noSuchMethod(actual: string, expected: string): LoaderError {
  const message = `${actual} does nothing here; there is ${expected}`;
  return new LoaderError("ERR_METHOD_NOT_ALLOWED", message, { actual, expected });
}
