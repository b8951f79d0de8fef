/** The worker in which @cloudflare/worker-bundler builds and runs programs: the same requests as Raya's host answers. */
export const BUNDLER_HOST = `
import { createWorker } from "@cloudflare/worker-bundler";
const running = new Map();
export default {
  fetch: (request, env) => answer(request, env).catch((error) => new Response(error.message, { status: 500 })),
};
async function answer(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === "/ping") return new Response("pong");
    const ask = (worker) => worker.getEntrypoint().fetch("https://program.test/");
    if (pathname.startsWith("/again/")) return ask(running.get(pathname.slice(7))());
    const { files, entry, registry } = await request.json();
    const build = () => createWorker({ files, entryPoint: entry, registry, define: { "process.env.NODE_ENV": '"production"' } });
    const sizeOf = (module) => module instanceof ArrayBuffer ? module.byteLength : (typeof module === "string" ? module : module.js ?? module.text ?? module.cjs ?? "").length;
    if (pathname === "/size") {
      const { modules } = await build();
      return Response.json(Object.fromEntries(Object.entries(modules).map(([name, module]) => [name, sizeOf(module)])));
    }
    const start = () => env.LOADER.get(pathname, async () => {
      const { mainModule, modules } = await build();
      return { mainModule, modules, compatibilityDate: "2026-10-01", compatibilityFlags: ["nodejs_compat"], env: {}, globalOutbound: null };
    });
    running.set(pathname.slice(1), start);
    return ask(start());
}
`;
