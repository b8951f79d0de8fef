import { buildDemo } from "../../scripts/build-demo.ts";

/** The tests see what a visitor sees: the built page. */
export default async function globalSetup(): Promise<void> {
  await buildDemo();
}
