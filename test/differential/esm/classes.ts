import { functionBody, parameterList } from "./functions.ts";
import { inside, type ModuleWriter, type Place, operand } from "./module-writer.ts";

const MEMBERS = ["k", "p", "m", "x", "a", "get", "set", "static", "async", "'a b'", "1", "if", "of"];

/** ` extends …`, or nothing. */
export function heritage(w: ModuleWriter, place: Place, pure: boolean): string {
  if (pure || !w.random.chance(0.3)) return w.random.chance(0.1) ? " extends null" : "";
  return ` extends ${w.one([
    [3, () => w.known(place)],
    [2, () => "Array"],
    [2, () => `(__l(${w.label()}), class {})`],
    [1, () => `(${operand(w.safe({ ...place, depth: 0 }))}, Object)`],
  ])}`;
}

/** A class's body with braces; `pure` where evaluating the class does nothing. */
export function classBody(w: ModuleWriter, place: Place, pure: boolean): string {
  const deep: Place = {
    ...place,
    depth: Math.min(1, place.depth),
    mayNameArguments: false,
    mayAwait: false,
    runsNow: !pure && place.runsNow,
  };
  const members = w.random.several(0, 4, () => classMember(w, deep, pure));
  if (w.random.chance(0.1)) members.push(`static name = ${w.random.pick(['"own"', "1", "() => {}"])};`);
  else if (w.random.chance(0.05)) members.push("static name() {}");
  if (w.random.chance(0.1)) members.push(`#secret = 1; static has(o) { return #secret in o; }`);
  return `{${w.gap()}${members.join(w.gap())} }`;
}

function classMember(w: ModuleWriter, place: Place, pure: boolean): string {
  const key = (): string => w.random.pick(MEMBERS);
  const [parameters, bound] = parameterList(w, place);
  const within = inside(place, bound);
  return w.one([
    [3, () => `${key()}(${parameters}) ${functionBody(w, { ...within, runsNow: false }, bound)}`],
    [1, () => `get ${key()}() { return ${w.safe(place)}; }`],
    [1, () => `static ${w.random.pick(["k", "p", "q"])}() ${functionBody(w, { ...place, runsNow: false })}`],
    [1, () => `async *${key()}() {}`],
    [2, () => `field = ${w.safe(place)};`],
    [1, () => `["c" + ${w.random.integer(1, 9)}]() {}`],
    [pure ? 0 : 3, () => `static s${w.random.integer(1, 3)} = ${w.safe(place)};`],
    [pure ? 0 : 1, () => `static self = this.name;`],
    [pure ? 0 : 1, () => `static { __l(${w.label()}, this.name, ${w.safe(place)}); }`],
    [pure ? 0 : 1, () => `static { __t(${w.label()}, () => (${w.wild(place)})); }`],
    [pure ? 0 : 1, () => `static { const { ${w.fresh()} = () => {} } = {}; }`],
    [pure || !w.taste.known ? 0 : 1, () => `static { var ${w.fresh()} = ${w.safe(place)}; }`],
    [pure ? 0 : 1, () => `[(__l(${w.label()}), "computed")] = ${w.safe(place)};`],
    [pure ? 0 : 1, () => `static [(__l(${w.label()}, ${w.safe(place)}), "made")]() {}`],
  ]);
}
