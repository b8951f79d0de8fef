import { parseArgs } from "node:util";
import { importLock } from "../../src/lock/import/import-lock.ts";
import { npmRegistry } from "../../src/platform/node/npm-registry.ts";
import { openFolderProject } from "./folder-project.ts";
import { wrongArgument } from "./wrong-argument.ts";

/** `import`: prints what the lock of another package manager says, as a lock of ours. */
export async function runImport(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { from: { type: "string" }, registry: { type: "string", multiple: true, default: [] } },
  });
  const [folder = ".", ...others] = positionals;
  if (others.length > 0) throw wrongArgument("import takes one FOLDER");
  const contents = (await openFolderProject(folder).contents?.()) ?? new Map<string, Uint8Array>();
  process.stdout.write(importLock(contents, { registries: [npmRegistry(), ...values.registry], file: values.from }));
}
