/** A new project. */
export interface InitOptions {
  readonly name: string;
  /** Default `0.1.0`. */
  readonly version?: string;
  /** Field of a language and the entry that it names: `["lumina", "./src/main.lm"]`. */
  readonly language?: readonly [field: string, entry: string];
  /** Default `package.json`. */
  readonly manifest?: "package.json" | "raya.toml";
}

/** File name and text of the manifest that a project starts with (L17, L18). */
export function printInitialManifest(options: InitOptions): [file: string, text: string] {
  const { name, version = "0.1.0", language, manifest = "package.json" } = options;
  if (manifest === "raya.toml") return [manifest, printToml(name, version, language?.[1])];
  const entry = language === undefined ? {} : { [language[0]]: language[1] };
  return [manifest, `${JSON.stringify({ name, version, ...entry, dependencies: {} }, undefined, 2)}\n`];
}

function printToml(name: string, version: string, main: string | undefined): string {
  const facts = { name, version, ...(main !== undefined && { main }) };
  const lines = Object.entries(facts).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
  return ["[package]", ...lines, "", "[dependencies]", ""].join("\n");
}
