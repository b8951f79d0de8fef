import { parseArgs } from "node:util";
import { DEFAULT_LIMITS } from "../../src/limits.ts";
import { createNodeHost } from "../../src/platform/node/host.ts";
import { createRegistryClient, type RegistryClient } from "../../src/publish/registry-client.ts";
import { createSigningKey } from "../../src/verify/signature.ts";
import { keepToken, publishRegistry, readUserConfig } from "./user-config.ts";
import { wrongArgument } from "./wrong-argument.ts";

const REGISTRY = { registry: { type: "string" } } as const;

/** The registry that is published to, with the user's tokens. */
export function openRegistry(wanted: string | undefined): RegistryClient {
  const texts = readUserConfig();
  const emit = ({ kind, message }: { kind: string; message?: string }): void => {
    if (kind === "warning" && message !== undefined) console.error(message);
  };
  return createRegistryClient(
    { host: createNodeHost(), limits: DEFAULT_LIMITS, emit },
    publishRegistry(wanted, texts),
    texts,
  );
}

/** `login`: shows an address, waits, and keeps the token for the user. */
export async function runLogin(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: REGISTRY });
  const token = await openRegistry(values.registry).login({
    show: (url) => console.error(`Open this address and confirm:\n  ${url}`),
  });
  console.error(
    `Logged in; the token is in ${await keepToken(publishRegistry(values.registry, readUserConfig()), token)}`,
  );
}

/** `search`: a line for each package that is found. */
export async function runSearch(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: REGISTRY });
  if (positionals.length === 0) throw wrongArgument("search takes WORDS");
  const { packages, total } = await openRegistry(values.registry).search(positionals.join(" "));
  for (const { name, version, description } of packages) console.log(`${name}@${version}  ${description}`);
  console.error(`${packages.length} of ${total}`);
}

/** `yank`: takes a version out of what can be chosen, or back in. */
export async function runYank(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { ...REGISTRY, reason: { type: "string" }, undo: { type: "boolean", default: false } },
  });
  const [, name, version] = /^(@?[^@]+)@([^@]+)$/.exec(positionals[0] ?? "") ?? [];
  if (name === undefined || version === undefined || positionals.length > 1)
    throw wrongArgument("yank takes one NAME@VERSION");
  const registry = openRegistry(values.registry);
  await (values.undo ? registry.unyank(name, version) : registry.yank(name, version, values.reason));
  console.error(`${name}@${version} is ${values.undo ? "no longer yanked" : "yanked"}`);
}

/** `key`: a new key to sign with, as JSON. */
export async function runKey(args: readonly string[]): Promise<void> {
  parseArgs({ args: [...args] });
  console.log(JSON.stringify(await createSigningKey(), undefined, 2));
}
