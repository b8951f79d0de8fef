import { execFile } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installPackages } from "../bench/workspace/install-packages.ts";

/** Where the clients are installed, once; not part of the repository. */
const TOOLS = fileURLToPath(new URL("../../.raya/clients/", import.meta.url));

/** Where one run of a client works. */
export interface Place {
  /** The project's folder. */
  readonly project: string;
  /** Home and caches: an empty one knows nothing of earlier runs. */
  readonly home: string;
  /** Ends with `/`. */
  readonly registry: string;
  /** Of whoever runs it; empty: nobody is logged in. */
  readonly token: string;
}

/** A package manager that speaks npm's protocol. */
export interface Client {
  readonly name: string;
  /** Installs the project's dependencies. */
  readonly install: readonly string[];
  command(): readonly string[];
  env(place: Place): Record<string, string>;
}

/** How a run ended. */
export interface Outcome {
  readonly code: number;
  /** Everything it wrote. */
  readonly output: string;
}

/** Every client. They read the project's `.npmrc`, or are told by their environment. */
export const CLIENTS: readonly Client[] = [
  {
    name: "npm",
    install: ["install", "--no-audit", "--no-fund"],
    command: () => [process.execPath, join(TOOLS, "node_modules/npm/bin/npm-cli.js")],
    env: ({ home }) => ({ npm_config_cache: join(home, "npm"), npm_config_update_notifier: "false" }),
  },
  {
    name: "pnpm",
    install: ["install", "--no-frozen-lockfile"],
    command: () => [binary("@pnpm/exe.*/pnpm")],
    env: () => ({}),
  },
  {
    name: "Yarn 1",
    install: ["install", "--no-progress"],
    command: () => [process.execPath, join(TOOLS, "node_modules/yarn/bin/yarn.js")],
    env: ({ home, registry }) => ({ YARN_CACHE_FOLDER: join(home, "yarn"), YARN_REGISTRY: registry }),
  },
  {
    name: "Yarn 4",
    install: ["install"],
    command: () => [process.execPath, join(TOOLS, "node_modules/@yarnpkg/cli-dist/bin/yarn.js")],
    env: ({ home, registry, token }) => ({
      ...(token === "" ? {} : { YARN_NPM_AUTH_TOKEN: token, YARN_NPM_ALWAYS_AUTH: "true" }),
      YARN_NPM_REGISTRY_SERVER: registry,
      YARN_GLOBAL_FOLDER: join(home, "berry"),
      YARN_UNSAFE_HTTP_WHITELIST: "127.0.0.1",
      YARN_NODE_LINKER: "node-modules",
      // What a test has just published is too young for it otherwise.
      YARN_NPM_MINIMAL_AGE_GATE: "0",
      YARN_ENABLE_TELEMETRY: "0",
      YARN_ENABLE_IMMUTABLE_INSTALLS: "false",
    }),
  },
  {
    name: "Bun",
    install: ["install"],
    command: () => [binary("@oven/bun-*/bin/bun")],
    env: ({ home }) => ({ BUN_INSTALL_CACHE_DIR: join(home, "bun"), BUN_INSTALL: join(home, "bun-home") }),
  },
  {
    name: "Deno",
    // What a test has just published is too young for it otherwise.
    install: ["install", "--node-modules-dir=auto", "--minimum-dependency-age=0"],
    command: () => [binary("@deno/*/deno")],
    env: ({ home, registry }) => ({ DENO_DIR: join(home, "deno"), NPM_CONFIG_REGISTRY: registry }),
  },
];

/** The client of that name. */
export function clientNamed(name: string): Client {
  const client = CLIENTS.find((candidate) => candidate.name === name);
  if (client === undefined) throw new Error(`There is no client "${name}"`);
  return client;
}

/** Installs the clients where that has not been done. */
export function installClients(): void {
  const manifest: { dependencies: Record<string, string> } = JSON.parse(
    readFileSync(new URL("workspace/package.json", import.meta.url), "utf8"),
  );
  installPackages(manifest.dependencies, TOOLS);
}

/** Runs a client to its end, with nothing of this machine's own settings. */
export function runClient(
  client: Client,
  args: readonly string[],
  place: Place,
  onOutput?: (text: string) => void,
): Promise<Outcome> {
  const [program = "", ...first] = client.command();
  const { PATH = "" } = process.env;
  const folders = {
    HOME: place.home,
    XDG_CACHE_HOME: place.home,
    XDG_DATA_HOME: place.home,
    XDG_STATE_HOME: place.home,
  };
  // Whoever wanted to go past the edge would have to go through this, where nobody is.
  const nowhere = {
    HTTPS_PROXY: "http://127.0.0.1:9",
    https_proxy: "http://127.0.0.1:9",
    NO_PROXY: "127.0.0.1",
    no_proxy: "127.0.0.1",
  };
  const env = { PATH, ...folders, ...nowhere, CI: "true", NO_COLOR: "1", ...client.env(place) };
  return new Promise((resolve) => {
    const options = { cwd: place.project, env, timeout: 60_000, maxBuffer: 16 * 1024 * 1024 };
    const child = execFile(program, [...first, ...args], options, (error, stdout, stderr) => {
      const output = `${stdout}\n${stderr}`;
      if (error === null) resolve({ code: 0, output });
      else resolve({ code: typeof error.code === "number" ? error.code : 1, output: `${output}\n${error.message}` });
    });
    child.stdin?.end();
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (text) => onOutput?.(String(text)));
  });
}

/** The binary of this platform: npm installs no other. */
function binary(pattern: string): string {
  const [file] = globSync(pattern, { cwd: join(TOOLS, "node_modules") });
  if (file === undefined) throw new Error(`There is no ${pattern} in ${TOOLS}`);
  return join(TOOLS, "node_modules", file);
}
