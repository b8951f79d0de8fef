import { env } from "cloudflare:workers";
import type { LoadOptions } from "../../../src/loader.ts";
import { ISOLATE_OPTIONS } from "../../../src/platform/workerd/isolate-settings.ts";
import { runProgram, type RunningProgram, type RunOptions } from "../../../src/platform/workerd/run-program.ts";
import { createFakeRegistry, type FakePackage } from "../../fixtures/fake-registry.ts";

/** Loads files as a program for an isolate, with packages that are made up, and runs it. */
export async function run(
  files: Record<string, string>,
  { packages = [], load, ...options }: Partial<RunOptions> & { packages?: FakePackage[]; load?: LoadOptions } = {},
): Promise<RunningProgram> {
  const registry = await createFakeRegistry(packages);
  const entry = Object.keys(files)[0] ?? "";
  const program = await registry.loader(ISOLATE_OPTIONS).load({ files, entry }, load);
  return runProgram({ loader: env.LOADER, program, ...options });
}

/** The text of the answer to a request. */
export async function ask(program: RunningProgram, path = "/", init?: RequestInit): Promise<string> {
  return (await program.fetch(new Request(`https://program.test${path}`, init))).text();
}

/** A program whose answer is what an expression gives, as JSON. */
export const answering = (expression: string, head = ""): string =>
  `${head}\nexport default { async fetch(request, env, ctx) { return Response.json(${expression}); } };`;
