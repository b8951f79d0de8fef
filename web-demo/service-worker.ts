import { serveAppShell } from "../src/platform/service-worker/app-shell.ts";
import { createEdgePorts } from "../src/platform/service-worker/edge-ports.ts";
import type { ServiceWorkerScope } from "../src/platform/service-worker/scope.ts";
import { createEdgeApp, isEdgePath } from "../worker/app.ts";

declare const self: ServiceWorkerScope;
declare const __BUILD__: string;
declare const __PRECACHE__: readonly string[];

const app = createEdgeApp(createEdgePorts(self));

serveAppShell(self, {
  build: __BUILD__,
  urls: __PRECACHE__,
  isEdgePath,
  edge: async (request) => app.fetch(request),
});
