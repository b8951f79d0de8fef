import { fetchImage, runInPage } from "../../../src/platform/browser/client.ts";

// The script of a page whose program is known: its image has been made before. Its integrity is put in when it is bundled.

declare const INTEGRITY: string;

const LOADER = "/load-program.js";
const load = async () => ((await import(LOADER)) as typeof import("./load-program.ts")).loadProgram();
await runInPage(await fetchImage("/program.rimg", { integrity: INTEGRITY, load }));
