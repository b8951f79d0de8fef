/** What the tests' own worker exports: `exports` of `cloudflare:workers`. */
export { NetworkGate } from "../../../src/platform/workerd/network-gate.ts";

export default {} satisfies ExportedHandler;
