import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { readShell, SERVICE_WORKER } from "../scripts/read-shell.ts";

/** Gives the service worker the list of files that the page's build left in the same folder, and their digest. */
function shellConstants(): Plugin {
  return {
    name: "raya:shell-constants",
    config(config) {
      const { urls, build } = readShell(config.build?.outDir ?? "dist");
      return { define: { __BUILD__: JSON.stringify(build), __PRECACHE__: JSON.stringify(urls) } };
    },
  };
}

// A pass of its own: a second input of the page's build would become a chunk with `import`, which a classic service
// worker cannot run.
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  publicDir: false,
  plugins: [shellConstants()],
  build: {
    outDir: fileURLToPath(new URL("dist", import.meta.url)),
    emptyOutDir: false,
    target: "es2022",
    reportCompressedSize: false,
    rolldownOptions: {
      input: fileURLToPath(new URL("service-worker.ts", import.meta.url)),
      output: { format: "iife", entryFileNames: SERVICE_WORKER, codeSplitting: false },
    },
  },
});
