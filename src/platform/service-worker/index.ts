export { serveAppShell } from "./app-shell.ts";
export { createEdgePorts } from "./edge-ports.ts";
export { registerServiceWorker } from "./register.ts";
