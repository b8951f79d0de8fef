import type { ESTree } from "meriyah";
import { RECORD_FLAGS, RELOCATION } from "../artifact/module-record.ts";
import type { ModuleWalk, NodeHandlers } from "./module-walk.ts";
import { endOf, isAccess, isIdentifier, isImportMeta, startOf, stringOf } from "./syntax-tree.ts";
import { walkImport, walkTagged } from "./walk-expressions.ts";

type Link = ESTree.MemberExpression | ESTree.CallExpression | ESTree.TaggedTemplateExpression;

/** Members, calls and what begins them. */
export const CHAINS = {
  MemberExpression: walkChain,
  CallExpression: walkChain,
  TaggedTemplateExpression: walkChain,
  ChainExpression: (walk, node) => walk.walk(node.expression),
  NewExpression: walkNew,
  ImportExpression: walkImport,
  MetaProperty: (walk, node) => {
    if (!isImportMeta(node)) return;
    walk.flags |= RECORD_FLAGS.importMeta;
    walk.relocate(startOf(node), endOf(node), RELOCATION.meta);
  },
} satisfies Partial<NodeHandlers>;

/** `a.b().c` is walked from `a` on, without recursion: chains of thousands of calls exist. */
function walkChain(walk: ModuleWalk, node: Link): void {
  const { chain } = walk;
  const outermost = chain.length;
  let base: ESTree.Node = node;
  for (let next = objectOf(base); next !== undefined; next = objectOf(base)) {
    chain.push(base);
    base = next;
  }
  const links = chain.length;
  const first = links - walkBase(walk, base, outermost);
  for (let index = first - 1; index >= outermost; index--) walkLink(walk, chain[index] as Link);
  chain.length = outermost;
}

/** What a link of a chain is applied to. */
function objectOf(node: ESTree.Node): ESTree.Node | undefined {
  switch (node.type) {
    case "MemberExpression":
      return node.object;
    case "CallExpression":
      return node.callee;
    case "TaggedTemplateExpression":
      return node.tag;
    default:
      return undefined;
  }
}

/** What a link adds to what it is applied to. */
function walkLink(walk: ModuleWalk, link: Link): void {
  if (link.type === "CallExpression") {
    walk.commonjs?.call(link);
    for (const argument of link.arguments) {
      if (isIdentifier(argument, "require") && walk.isFree("require")) walk.handsOutRequire = true;
      walk.walk(argument);
    }
  } else if (link.type === "TaggedTemplateExpression") walkTagged(walk, link.quasi);
  else if (link.computed) walk.walk(link.property);
}

/** Walks what a chain begins with; gives the number of links that are done with it. */
function walkBase(walk: ModuleWalk, base: ESTree.Node, outermost: number): number {
  const { chain } = walk;
  const first = chain[chain.length - 1];
  const second = chain.length - 2 >= outermost ? chain[chain.length - 2] : undefined;
  if (base.type === "Identifier") return walkBaseName(walk, base, first, second);
  if (base.type === "MetaProperty" && isImportMeta(base) && walkResolve(walk, first, second)) {
    walk.flags |= RECORD_FLAGS.importMeta;
    return 2;
  }
  walk.walk(base);
  return 0;
}

function walkBaseName(
  walk: ModuleWalk,
  base: ESTree.Identifier,
  first: ESTree.Node | undefined,
  second: ESTree.Node | undefined,
): number {
  const { depth, symbol } = walk.names.get(base.name);
  if (depth > 0) {
    if (base.name === "require") walkInnerRequire(walk, first);
    return 0;
  }
  if (symbol === -1) return walkFreeBase(walk, base, first, second);
  const isCallee = first?.type === "CallExpression" || first?.type === "TaggedTemplateExpression";
  const property = walk.symbols.isImport(symbol) ? staticProperty(first, base) : undefined;
  if (first === undefined || property === undefined) {
    walk.refer(base, isCallee ? RELOCATION.callee : RELOCATION.reference);
    return 0;
  }
  const isMethod = second?.type === "CallExpression" || second?.type === "TaggedTemplateExpression";
  const kind = isMethod ? RELOCATION.memberCallee : RELOCATION.member;
  walk.relocate(startOf(first), endOf(first), kind, symbol, walk.property(property));
  return 1;
}

/** `p` of `x.p` and `x["p"]`, where `x` is not in parentheses and the access is not optional. */
function staticProperty(member: ESTree.Node | undefined, object: ESTree.Identifier): string | undefined {
  if (member?.type !== "MemberExpression" || member.optional || startOf(member) !== startOf(object)) return undefined;
  if (endOf(object) - startOf(object) !== object.name.length) return undefined;
  if (member.computed) return stringOf(member.property);
  return member.property.type === "Identifier" ? member.property.name : undefined;
}

function walkFreeBase(
  walk: ModuleWalk,
  base: ESTree.Identifier,
  first: ESTree.Node | undefined,
  second: ESTree.Node | undefined,
): number {
  if (base.name === "process" && isAccess(first, "env") && isAccess(second, "NODE_ENV")) {
    walk.relocate(startOf(second), endOf(second), RELOCATION.nodeEnv);
    return 2;
  }
  if (base.name === "require") {
    if (walkResolve(walk, first, second)) return 2;
    walkRequire(walk, base, first);
  }
  if (base.name === "eval" && first?.type === "CallExpression" && !first.optional)
    walk.flags |= RECORD_FLAGS.directEval;
  walk.refer(base, RELOCATION.reference);
  return 0;
}

/** The literal that is the only argument of a call. */
function onlyArgument(call: ESTree.Node | undefined): ESTree.Node | undefined {
  if (call?.type !== "CallExpression" || call.arguments.length !== 1) return undefined;
  const [argument] = call.arguments;
  return stringOf(argument) === undefined ? undefined : argument;
}

function walkRequire(walk: ModuleWalk, base: ESTree.Identifier, call: ESTree.Node | undefined): void {
  if (call?.type !== "CallExpression") return;
  const [argument] = call.arguments;
  const specifier = stringOf(argument);
  if (specifier === undefined || argument === undefined) return;
  const request = walk.request({ specifier, kind: "require", offset: startOf(argument) });
  if (walk.isEsm) walk.relocate(startOf(base), endOf(base), RELOCATION.require, request);
}

/** `(function (factory) { factory(require, exports) })(function (require, exports) { require("x") })`: kept until the end. */
function walkInnerRequire(walk: ModuleWalk, call: ESTree.Node | undefined): void {
  if (call?.type !== "CallExpression") return;
  const [argument] = call.arguments;
  const specifier = stringOf(argument);
  if (specifier === undefined || argument === undefined) return;
  walk.innerRequires.push({ specifier, kind: "require", guard: walk.guard, offset: startOf(argument) });
}

/** `import.meta.resolve("x")` and `require.resolve("x")`. */
function walkResolve(walk: ModuleWalk, member: ESTree.Node | undefined, call: ESTree.Node | undefined): boolean {
  if (member?.type !== "MemberExpression" || member.computed || !isIdentifier(member.property, "resolve")) return false;
  const argument = onlyArgument(call);
  if (argument === undefined || call === undefined) return false;
  const request = walk.request({ specifier: stringOf(argument) ?? "", kind: "resolve", offset: startOf(argument) });
  walk.relocate(startOf(call), endOf(call), RELOCATION.resolve, request);
  return true;
}

function walkNew(walk: ModuleWalk, node: ESTree.NewExpression): void {
  const { callee } = node;
  const [first] = node.arguments;
  if (first !== undefined && callee.type === "Identifier" && walk.isFree(callee.name)) {
    const isWorker = callee.name === "Worker" || callee.name === "SharedWorker";
    if (isWorker && first.type === "NewExpression") walk.workerUrl = first;
    else if (callee.name === "URL") walkUrl(walk, node, first);
  }
  walk.walk(callee);
  walk.walkAll(node.arguments);
}

/** `new URL("x", import.meta.url)` */
function walkUrl(walk: ModuleWalk, node: ESTree.NewExpression, first: ESTree.Node): void {
  const base = node.arguments[1];
  const specifier = stringOf(first);
  if (specifier === undefined || base?.type !== "MemberExpression" || base.computed) return;
  if (!isImportMeta(base.object) || !isIdentifier(base.property, "url")) return;
  const kind = walk.workerUrl === node ? "worker" : "asset";
  walk.request({ specifier, kind, offset: startOf(first) });
}
