import { type DependencySpec, resolveDependencySpec } from "./dependency-spec.ts";

/** What the texts of manifests mean, each read once. */
export class SpecCache {
  readonly #specs = new Map<string, DependencySpec>();

  /** As `resolveDependencySpec`. */
  parse(name: string, text: string, folder: string | undefined): DependencySpec {
    const key = `${name}\n${text}\n${folder ?? ":"}`;
    let spec = this.#specs.get(key);
    if (spec === undefined) this.#specs.set(key, (spec = resolveDependencySpec(name, text, folder)));
    return spec;
  }
}
