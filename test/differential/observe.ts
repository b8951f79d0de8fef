import { setImmediate } from "node:timers/promises";
import { describe, describeError, failureOf } from "./describe.ts";
import { createModelGlobals, type ModelGlobals } from "./listed/model-globals.ts";
import type { Outcome, TestProgram } from "./program.ts";

/** Characters of a line of the log. */
const LINE = 300;
/** How many functions may wait for the end: a module that throws whenever it is required adds its own every time. */
const LATER = 20;
/** How many calls of generated functions a program may make: they call each other without end otherwise. */
const FUEL = 300;

/** What generated programs find among their globals. */
interface ProgramGlobals extends ModelGlobals {
  /** What was seen so far. */
  __log: string[];
  /** Writes values. */
  __l(label: string, ...values: unknown[]): void;
  /** Writes what was thrown. */
  __e(label: string, error: unknown): void;
  /** Writes what a function returns or throws. */
  __t(label: string, read: () => unknown): void;
  /** Runs a function when the entry has been evaluated, one after the other, and writes what it leads to. */
  __later(label: string, run: () => unknown): void;
  __fuel: number;
}

/** A started program. */
export interface Started {
  readonly namespace: unknown;
  dispose?(): void;
}

/**
 * Starts a program, waits until nothing more comes of it, and tells what could be seen.
 * @param patience milliseconds after which a promise counts as one that never settles
 */
export async function observe(
  start: (models: ModelGlobals) => Promise<Started>,
  patience: number,
  program: Pick<TestProgram, "imports"> = {},
): Promise<Outcome> {
  const log: string[] = [];
  const later: (readonly [string, () => unknown])[] = [];
  const before = new Set(Reflect.ownKeys(globalThis));
  const models = createModelGlobals(program);
  installGlobals(log, later, models);
  const started = await settle(start(models), patience);
  await setImmediate();
  for (const [label, run] of later) await runLater(label, run, log, patience);
  const outcome = outcomeOf(started, log);
  if (started.kind === "value") started.value.dispose?.();
  removeGlobals(before);
  return outcome;
}

function outcomeOf(started: Settled<Started>, log: readonly string[]): Outcome {
  if (started.kind === "pending") return { end: "pending", log: [...log], exports: [] };
  if (started.kind === "value")
    return { end: "done", log: [...log], exports: describeExports(started.value.namespace) };
  const thrown = causeOf(started.error);
  const failure = thrown instanceof Error ? failureOf(thrown) : undefined;
  if (failure !== undefined) return { end: failure, log: [...log], exports: [] };
  return { end: "threw", error: describeError(thrown), log: [...log], exports: [] };
}

/** The loader wraps what the program threw. */
function causeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error && error.code === "ERR_EVALUATION_FAILED" ? error.cause : error;
}

function describeExports(namespace: unknown): string[] {
  if (typeof namespace !== "object" || namespace === null) return [`no namespace but ${describe(namespace)}`];
  const keys = Reflect.ownKeys(namespace).filter((key) => key !== "module.exports");
  return keys.map((key) => {
    try {
      return `${String(key)}: ${describe(Reflect.get(namespace, key))}`.slice(0, LINE);
    } catch (error) {
      return `${String(key)}: !${describeError(error)}`;
    }
  });
}

async function runLater(label: string, run: () => unknown, log: string[], patience: number): Promise<void> {
  const result = await settle((async () => run())(), patience);
  await setImmediate();
  if (result.kind === "value") log.push(`${label} → ${describe(result.value)}`.slice(0, LINE));
  else log.push(`${label} → ${result.kind === "pending" ? "pending" : `!${describeError(result.error)}`}`);
}

type Settled<Value> =
  | { readonly kind: "value"; readonly value: Value }
  | { readonly kind: "error"; readonly error: unknown }
  | { readonly kind: "pending" };

function settle<Value>(promise: Promise<Value>, patience: number): Promise<Settled<Value>> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve({ kind: "pending" }), patience);
    const finish = (result: Settled<Value>): void => {
      clearTimeout(timer);
      resolve(result);
    };
    promise.then(
      (value) => finish({ kind: "value", value }),
      (error: unknown) => finish({ kind: "error", error }),
    );
  });
}

function installGlobals(log: string[], later: (readonly [string, () => unknown])[], models: ModelGlobals): void {
  const globals: ProgramGlobals = {
    ...models,
    __log: log,
    __l: (label, ...values) => {
      log.push([label, ...values.map((value) => describe(value))].join(" ").slice(0, LINE));
    },
    __e: (label, error) => {
      log.push(`${label} !${describeError(error)}`);
    },
    __t: (label, read) => {
      try {
        globals.__l(label, read());
      } catch (error) {
        globals.__e(label, error);
      }
    },
    __later: (label, run) => {
      if (typeof run === "function" && later.length < LATER) later.push([label, run]);
    },
    __fuel: FUEL,
  };
  Object.assign(globalThis, globals);
}

/** Also what the program made global. */
function removeGlobals(before: ReadonlySet<PropertyKey>): void {
  for (const key of Reflect.ownKeys(globalThis)) if (!before.has(key)) Reflect.deleteProperty(globalThis, key);
}

/** A program that replaced a builtin would change all that run after it, and what runs them: for processes that run many. */
export function protectBuiltins(): void {
  for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(globalThis)))
    if (descriptor.writable === true && descriptor.configurable === true)
      Object.defineProperty(globalThis, key, { writable: false });
}
