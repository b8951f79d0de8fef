import type { ESTree } from "meriyah";
import { CommonjsExports } from "./commonjs-exports.ts";
import type { ModuleAnalysis, ModuleEdit, ModuleRequest, NodeEnvGuard } from "./module-analysis.ts";
import type { ParsedModule } from "./parse-module.ts";
import {
  boundNames,
  declaredNames,
  isIdentifier,
  isImportMeta,
  isMember,
  isNode,
  isNodeEnv,
  nameOf,
  type Node,
  stringOf,
} from "./syntax-tree.ts";
import { walkTree } from "./walk-tree.ts";

const INJECTED = new Set(["process", "global"]);
/** From `export` to the `*`, comments included. */
const BEFORE_STAR = /^export(?:\s|\/\*[^]*?\*\/|\/\/.*)*/;
/** The same up to the `source` of `import source x from`. */
const BEFORE_PHASE = /^import(?:\s|\/\*[^]*?\*\/|\/\/.*)*/;

type Range = [start: number, end: number];

/** What holds at a place of the tree. */
interface Scope {
  readonly guard: NodeEnvGuard | undefined;
  /** A function in between has a parameter `require`: a bundle's own. */
  readonly requireShadowed: boolean;
}

/** Finds everything that the linker must know of a module. */
export function analyseModule(code: string, { tree, format }: ParsedModule): ModuleAnalysis {
  const analyser = new Analyser(code, format);
  analyser.declarations(tree);
  analyser.walk(tree);
  return analyser.finish();
}

class Analyser {
  readonly #code: string;
  readonly #format: "esm" | "commonjs";
  readonly #requests: ModuleRequest[] = [];
  readonly #edits: ModuleEdit[] = [];
  readonly #exports = new Set<string>();
  readonly #reexports: Record<string, [number, string]> = Object.create(null);
  /** Local name of an import → where it comes from. */
  readonly #imported = new Map<string, [number, string]>();
  /** Top-level names. */
  readonly #declared = new Set<string>();
  readonly #free = new Set<string>();
  readonly #commonjs = new CommonjsExports();

  constructor(code: string, format: "esm" | "commonjs") {
    this.#code = code;
    this.#format = format;
  }

  finish(): ModuleAnalysis {
    const commonjs = this.#format === "commonjs";
    return {
      format: this.#format,
      requests: this.#requests,
      edits: this.#edits,
      exports: [...(commonjs ? this.#commonjs.names : this.#exports)].toSorted(),
      reexports: { ...this.#reexports },
      forwards: commonjs ? [...this.#commonjs.forwards] : [],
      needs: [...this.#free].filter((name) => !this.#declared.has(name)).toSorted(),
    };
  }

  /** Import and export declarations, and the names at the top. */
  declarations(tree: ESTree.Program): void {
    for (const statement of tree.body) if (statement.type === "ImportDeclaration") this.#importDeclaration(statement);
    for (const statement of tree.body) {
      for (const name of declaredNames(statement)) this.#declared.add(name);
      if (statement.type === "ExportNamedDeclaration") this.#exportNamed(statement);
      else if (statement.type === "ExportDefaultDeclaration") this.#exports.add("default");
      else if (statement.type === "ExportAllDeclaration") this.#exportAll(statement);
    }
  }

  #importDeclaration(statement: ESTree.ImportDeclaration): void {
    const index = this.#requests.length;
    const names: string[] = [];
    let namespace: Range | undefined;
    for (const specifier of statement.specifiers) {
      if (specifier.type === "ImportNamespaceSpecifier") namespace = rangeOf(specifier);
      const name =
        specifier.type === "ImportSpecifier"
          ? nameOf(specifier.imported)
          : specifier.type === "ImportDefaultSpecifier"
            ? "default"
            : "*";
      names.push(name);
      this.#imported.set(specifier.local.name, [index, name]);
      this.#declared.add(specifier.local.name);
    }
    this.#request("import", statement, names, namespace);
  }

  #exportNamed(statement: ESTree.ExportNamedDeclaration): void {
    for (const name of declaredNames(statement.declaration)) {
      this.#exports.add(name);
      this.#declared.add(name);
    }
    const index = this.#requests.length;
    for (const specifier of statement.specifiers) {
      const local = nameOf(specifier.local);
      const exported = nameOf(specifier.exported);
      const origin = statement.source === null ? this.#imported.get(local) : ([index, local] as [number, string]);
      if (origin === undefined) this.#exports.add(exported);
      else this.#reexports[exported] = origin;
    }
    if (statement.source !== null)
      this.#request(
        "import",
        statement,
        statement.specifiers.map((item) => nameOf(item.local)),
      );
  }

  #exportAll(statement: ESTree.ExportAllDeclaration): void {
    if (statement.exported === null) return this.#request("export-all", statement, []);
    this.#reexports[nameOf(statement.exported)] = [this.#requests.length, "*"];
    const [start] = rangeOf(statement);
    const [, end] = rangeOf(statement.exported);
    const star = start + (BEFORE_STAR.exec(this.#code.slice(start, end))?.[0].length ?? 0);
    this.#request("import", statement, ["*"], [star, end]);
  }

  #request(
    kind: "import" | "export-all",
    statement: ESTree.ImportDeclaration | ESTree.ExportNamedDeclaration | ESTree.ExportAllDeclaration,
    names: string[],
    namespace?: Range,
  ): void {
    const source = statement.source as unknown as Node;
    const attributes = statement.attributes ?? [];
    const type = attributes.find((attribute) => nameOf(attribute.key) === "type");
    const phase = "phase" in statement && statement.phase === "source" ? this.#phaseRange(statement) : undefined;
    this.#requests.push({
      specifier: stringOf(source) ?? "",
      kind,
      start: source.start,
      end: source.end,
      names,
      ...(namespace === undefined ? {} : { namespace }),
      ...(type === undefined ? {} : { type: stringOf(type.value) ?? "" }),
      ...(attributes.length === 0 ? {} : { attributes: this.#attributesRange(source.end) }),
      ...(phase === undefined ? {} : { type: "source", attributes: phase }),
    });
  }

  /** From the end of the specifier to the closing brace of `with { … }`. */
  #attributesRange(from: number): [number, number] {
    return [from, this.#code.indexOf("}", from) + 1];
  }

  /** The word `source`: the linker cuts it out, as it does with attributes. */
  #phaseRange(statement: ESTree.ImportDeclaration): [number, number] {
    const [start, end] = rangeOf(statement);
    const phase = start + (BEFORE_PHASE.exec(this.#code.slice(start, end))?.[0].length ?? 0);
    return [phase, phase + "source".length];
  }

  /** The rest of the tree, in source order. */
  walk(tree: ESTree.Program): void {
    walkTree(
      tree,
      { guard: undefined, requireShadowed: false },
      {
        visit: (node, scope) => this.#visit(node, scope),
        scopeOfChild,
      },
    );
  }

  /** True where the children need no visit. */
  #visit(node: Node, scope: Scope): boolean {
    switch (node.type) {
      case "Identifier":
        if (INJECTED.has(node.name)) this.#free.add(node.name);
        return true;
      case "MemberExpression":
        if (!isNodeEnv(node)) return false;
        this.#edits.push({ kind: "node-env", start: node.start, end: node.end });
        return true;
      case "MetaProperty":
        if (isImportMeta(node)) this.#edits.push({ kind: "import-meta", start: node.start, end: node.end });
        return true;
      case "ImportExpression":
        this.#importCall(node, scope);
        return false;
      case "CallExpression":
        return this.#call(node, scope);
      case "AssignmentExpression":
        if (this.#format === "commonjs") this.#commonjs.assignment(node);
        return false;
      case "VariableDeclarator":
        if (this.#format === "commonjs") this.#commonjs.declarator(node);
        return false;
      default:
        return node.type.startsWith("Import") || node.type === "ExportAllDeclaration";
    }
  }

  #importCall(node: Node & ESTree.ImportExpression, scope: Scope): void {
    this.#edits.push({ kind: "import-call", start: node.start, end: node.start + "import".length });
    const specifier = stringOf(node.source);
    if (specifier === undefined) return;
    const source = node.source as unknown as Node;
    this.#requests.push({
      specifier,
      kind: "dynamic",
      start: source.start,
      end: source.end,
      names: ["*"],
      ...guarded(scope),
    });
  }

  #call(node: Node & ESTree.CallExpression, scope: Scope): boolean {
    const argument = node.arguments[0] as unknown as Node | undefined;
    const specifier = stringOf(argument);
    if (isMember(node.callee, isImportMeta, "resolve") && specifier !== undefined && node.arguments.length === 1) {
      this.#requests.push({ specifier, kind: "resolve", start: node.start, end: node.end, names: [] });
      return true;
    }
    if (this.#format !== "commonjs") return false;
    this.#commonjs.call(node);
    if (
      isIdentifier(node.callee, "require") &&
      specifier !== undefined &&
      argument !== undefined &&
      !scope.requireShadowed
    ) {
      this.#requests.push({
        specifier,
        kind: "require",
        start: argument.start,
        end: argument.end,
        names: ["*"],
        ...guarded(scope),
      });
    }
    return false;
  }
}

function rangeOf(node: unknown): Range {
  const { start, end } = node as Node;
  return [start, end];
}

function guarded(scope: Scope): { guard?: NodeEnvGuard } {
  return scope.guard === undefined ? {} : { guard: scope.guard };
}

/** What holds in one child of a node. */
function scopeOfChild(node: Node, field: string, scope: Scope): Scope {
  switch (node.type) {
    case "IfStatement":
    case "ConditionalExpression": {
      if (field === "test") return scope;
      const guard = guardOf(node.test);
      if (guard === undefined) return scope;
      if (field === "consequent") return { ...scope, guard };
      return isComparison(node.test) ? { ...scope, guard: negate(guard) } : scope;
    }
    case "LogicalExpression": {
      const guard = field === "right" && node.operator === "&&" ? guardOf(node.left) : undefined;
      return guard === undefined ? scope : { ...scope, guard };
    }
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return field === "body" && shadowsRequire(node) ? { ...scope, requireShadowed: true } : scope;
    default:
      return scope;
  }
}

function shadowsRequire(node: Node): boolean {
  if (!("params" in node) || !Array.isArray(node.params)) return false;
  return node.params.some((parameter: unknown) => [...boundNames(parameter)].includes("require"));
}

/** `process.env.NODE_ENV === "x"` and its kin, also as one side of an `&&`. */
function guardOf(test: unknown): NodeEnvGuard | undefined {
  if (!isNode(test)) return undefined;
  if (test.type === "LogicalExpression" && test.operator === "&&") return guardOf(test.left) ?? guardOf(test.right);
  if (test.type !== "BinaryExpression" || !/^[!=]==?$/.test(test.operator)) return undefined;
  const value = isNodeEnv(test.left) ? stringOf(test.right) : isNodeEnv(test.right) ? stringOf(test.left) : undefined;
  return value === undefined ? undefined : { value, equals: test.operator.startsWith("=") };
}

function isComparison(test: unknown): boolean {
  return isNode(test) && test.type === "BinaryExpression";
}

function negate(guard: NodeEnvGuard): NodeEnvGuard {
  return { value: guard.value, equals: !guard.equals };
}
