import { runInFrame } from "../../../src/platform/browser/index.ts";
import { loadProgram } from "./load-program.ts";

// The script of a page that loads its program when it is visited.

const program = await loadProgram();
await runInFrame({
  container: document.body,
  image: program.image,
  services: program,
  onConsole: ({ values }) => console.log(values[0]?.text),
  onError: ({ message }) => console.error(message),
});
