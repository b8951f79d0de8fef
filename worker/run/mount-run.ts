import type { Hono } from "hono";
import { mountPost } from "../mount-post.ts";
import { admitCaller, type RunAccess } from "./admit-caller.ts";
import type { ProgramRunner } from "./program-runner.ts";
import { readRunRequest } from "./run-request.ts";

const RUN_PATH = "/run";

/** Adds `POST /run`: loads a program, runs it in an isolate, and tells what it answers to a request. */
export function mountRun(app: Hono, run: ProgramRunner, access: RunAccess): void {
  mountPost(app, RUN_PATH, async (c) => {
    await admitCaller(c.req.raw, access);
    const wanted = await readRunRequest(c.req.raw);
    const result = await run(wanted, new URL(c.req.url).origin);
    return c.json(result, 200, { "cache-control": "no-store", "x-content-type-options": "nosniff" });
  });
}
