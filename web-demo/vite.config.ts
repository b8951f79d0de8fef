import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  // Only the edge has a history to fall back on: an address that is not there is a 404, in every server.
  appType: "mpa",
  worker: { format: "es" },
  build: {
    outDir: fileURLToPath(new URL("dist", import.meta.url)),
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    // Every asset a file of its own, so that the service worker's list of them is whole.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    // The editor is most of it, and is kept by the service worker from the first visit on.
    chunkSizeWarningLimit: 1024,
  },
});
