import { packageDocs } from "../../src/project/package-docs.ts";
import { readPackageQuestion } from "./package-question.ts";

/** `docs`: the README of a package, or a section of it. */
export async function runDocs(args: readonly string[]): Promise<void> {
  const { argument, registry, fetching } = readPackageQuestion(args, "docs takes one PACKAGE[#HEADING]");
  process.stdout.write(await packageDocs(argument, fetching, { registry, now: Date.now() }));
}
