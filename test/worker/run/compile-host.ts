import { compileArchiveToChunks } from "../../../src/artifact/compile-archive.ts";
import { createFileCompiler } from "../../../src/compile/compile-package-file.ts";
import { createLimits } from "../../../src/limits.ts";
import { gzip } from "../../../worker/gzip.ts";

/** Compiles what it is sent as the edge does, and says how many bytes came out: see `test/bench/memory`. */
export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/ping") return new Response("pong");
    const bytes = new Uint8Array(await request.arrayBuffer());
    const key = searchParams.get("key") ?? "";
    if (pathname === "/archive") {
      const compressed = await gzip(await compileArchiveToChunks(bytes, key, createLimits()));
      return Response.json({ bytes: compressed.length });
    }
    const compile = createFileCompiler({ key, manifests: { "": {} }, files: new Set<string>() });
    return Response.json({ bytes: compile(searchParams.get("path") ?? "", bytes).code.length });
  },
} satisfies ExportedHandler;
