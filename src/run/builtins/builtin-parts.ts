import { asyncParts } from "./async-parts.ts";
import type { BuiltinParts } from "./builtin-realm.ts";
import { channelParts } from "./channel-parts.ts";
import { cryptoParts } from "./crypto-parts.ts";
import { bufferParts, consumerParts, queryParts, zlibParts } from "./data-parts.ts";
import { eventParts } from "./event-parts.ts";
import {
  addressParts,
  clusterParts,
  constantsParts,
  dnsParts,
  dnsPromiseParts,
  domainParts,
  executableParts,
  filePromiseParts,
  fileParts,
  inspectorParts,
  readlineParts,
  systemParts,
  terminalParts,
  tlsParts,
  windowsPathParts,
} from "./machine-parts.ts";
import { moduleParts } from "./module-parts.ts";
import { consoleParts, performanceParts, processParts, webStreamParts, workerParts } from "./native-parts.ts";
import { timerParts, timerPromiseParts } from "./timer-parts.ts";
import { requestParts, urlParts } from "./url-parts.ts";
import { typeParts } from "./type-parts.ts";
import { utilParts } from "./util-parts.ts";

const PARTS: Readonly<Record<string, BuiltinParts>> = {
  async_hooks: asyncParts,
  buffer: bufferParts,
  cluster: clusterParts,
  console: consoleParts,
  crypto: cryptoParts,
  diagnostics_channel: channelParts,
  dns: dnsParts,
  "dns/promises": dnsPromiseParts,
  domain: domainParts,
  events: eventParts,
  fs: fileParts,
  "fs/promises": filePromiseParts,
  http: requestParts,
  http2: constantsParts,
  https: requestParts,
  inspector: inspectorParts,
  "inspector/promises": inspectorParts,
  module: moduleParts,
  net: addressParts,
  os: systemParts,
  "path/win32": windowsPathParts,
  perf_hooks: performanceParts,
  process: processParts,
  querystring: queryParts,
  readline: readlineParts,
  sea: executableParts,
  sqlite: constantsParts,
  "stream/consumers": consumerParts,
  "stream/web": webStreamParts,
  timers: timerParts,
  "timers/promises": timerPromiseParts,
  tls: tlsParts,
  tty: terminalParts,
  url: urlParts,
  util: utilParts,
  "util/types": typeParts,
  worker_threads: workerParts,
  zlib: zlibParts,
};

/** The code, to be sent to a realm as text, of what is added to the module of Node of that name, if anything is. */
export function builtinParts(name: string): BuiltinParts | undefined {
  return Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
}
