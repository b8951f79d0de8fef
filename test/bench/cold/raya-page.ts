import { createBrowserHost, createLoader, type Project, runInFrame } from "../../../src/platform/browser/index.ts";

// The script of a page that loads a program, as its author would write it. The project is put in when it is bundled.

declare const PROJECT: Project;

const base = `${location.origin}/`;
const loader = createLoader(createBrowserHost(), { edge: base, registry: `${base}npm/`, base: `${base}~/` });
const program = await loader.load(PROJECT);
await runInFrame({
  container: document.body,
  image: program.image,
  services: program,
  onConsole: ({ values }) => console.log(values[0]?.text),
  onError: ({ message }) => console.error(message),
});
