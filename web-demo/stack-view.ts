import { button, element } from "./element.ts";
import type { Place } from "./place.ts";
import { shownFile } from "./program-base.ts";

/** What makes the calls of a stack links. */
export interface StackActions {
  placeOf(file: string | undefined, line?: number, column?: number): Place | undefined;
  reveal(place: Place): void;
}

/** A call, or a line of another kind: that of a cause. */
interface StackLine {
  /** Of the function; empty where it has none. */
  readonly name: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

const CHROMIUM = /^\s*at (?:(.*) \()?(\S+?)(?::(\d+):(\d+))?\)?$/;
const OTHERS = /^([^@\s]*)@(\S+?):(\d+):(\d+)$/;

/** The place in the visitor's own files that is nearest to the error. */
export function ownPlace(stack: string, actions: StackActions): Place | undefined {
  for (const { file, line, column } of readStack(stack)) {
    const place = actions.placeOf(file, line, column);
    if (place !== undefined) return place;
  }
  return undefined;
}

/** The calls of a stack, innermost first: the visitor's own are links, those of packages begin with `name@version`. */
export function renderStack(stack: string, actions: StackActions): HTMLElement {
  return element("ol", { class: "stack" }, ...readStack(stack).map((line) => renderLine(line, actions)));
}

function renderLine({ name, file, line, column }: StackLine, actions: StackActions): HTMLElement {
  if (file === undefined) return element("li", { class: "stack-cause" }, name);
  const own = actions.placeOf(file, line, column);
  const label = line === undefined ? "native" : `${shownFile(file)}:${line}:${column}`;
  const place =
    own === undefined
      ? element("span", { class: "stack-place" }, ...withPackage(label))
      : button({ class: "stack-place", title: "Go to this line" }, () => actions.reveal(own), label.slice(1));
  const className = own === undefined ? "stack-call" : "stack-call own";
  return element("li", { class: className }, place, element("span", {}, name));
}

function withPackage(label: string): (HTMLElement | string)[] {
  const [name = ""] = /^(?:@[^/]+\/)?[^/@]+@\d[^/]*/.exec(label) ?? [];
  return name === "" ? [label] : [element("b", {}, name), label.slice(name.length)];
}

/** Leaves out what is before the first call: the message, which is shown already. */
function readStack(stack: string): StackLine[] {
  const lines = stack.split("\n").map(readLine);
  const first = lines.findIndex(({ file }) => file !== undefined);
  return first === -1 ? [] : lines.slice(first);
}

function readLine(text: string): StackLine {
  const [, name = "", file, line, column] = CHROMIUM.exec(text) ?? OTHERS.exec(text) ?? [];
  if (file === undefined) return { name: text };
  return line === undefined ? { name, file } : { name, file, line: Number(line), column: Number(column) };
}
