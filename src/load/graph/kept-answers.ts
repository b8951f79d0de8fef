import { sha256Hex } from "../../verify/digest.ts";
import { createKeptList, orHeal } from "../kept-list.ts";
import type { LoadContext } from "../load-context.ts";
import type { GraphQuestion } from "./graph-question.ts";

/** How many lockfiles are kept, one for each question. */
const MOST_ANSWERS = 32;

const answers = createKeptList("graph", MOST_ANSWERS);

type AnswerContext = Pick<LoadContext, "store" | "host" | "emit">;

/** Keeps the lockfile that a question was answered with, for when nobody can be asked. */
export async function keepAnswer(question: GraphQuestion, lock: string, context: AnswerContext): Promise<void> {
  if (lock !== question.lock) await answers.keep(await inputsOf(question), new TextEncoder().encode(lock), context);
}

/** The text of the lockfile that the same question was last answered with. */
export async function readAnswer(question: GraphQuestion, { store, emit }: AnswerContext): Promise<string | undefined> {
  const found = await orHeal(store.read(answers.key(await inputsOf(question)), {}), emit);
  return found && new TextDecoder().decode(found.bytes);
}

/** What is stored by now does not change what is asked. */
function inputsOf({ held: _held, ...question }: GraphQuestion): Promise<string> {
  return sha256Hex(new TextEncoder().encode(JSON.stringify(question)));
}
