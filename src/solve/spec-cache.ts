import { type DependencySpec, resolveDependencySpec } from "./dependency-spec.ts";

/** What the texts of manifests mean, each read once. */
export class SpecCache {
  /** By name, then by text, of the packages of registries. */
  readonly #plain = new Map<string, Map<string, DependencySpec>>();
  /** The same of folders of the project. */
  readonly #specs = new Map<string, DependencySpec>();

  /** As `resolveDependencySpec`. */
  parse(name: string, text: string, folder: string | undefined): DependencySpec {
    if (folder === undefined) return this.#parsePlain(name, text);
    const key = `${name}\n${text}\n${folder}`;
    let spec = this.#specs.get(key);
    if (spec === undefined) this.#specs.set(key, (spec = resolveDependencySpec(name, text, folder)));
    return spec;
  }

  #parsePlain(name: string, text: string): DependencySpec {
    let specs = this.#plain.get(name);
    if (specs === undefined) this.#plain.set(name, (specs = new Map()));
    let spec = specs.get(text);
    if (spec === undefined) specs.set(text, (spec = resolveDependencySpec(name, text, undefined)));
    return spec;
  }
}
