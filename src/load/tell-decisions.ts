import type { Emit } from "../events.ts";
import type { SolveDecision } from "../solve/decision-log.ts";

/** Tells the decisions of a solver as events; what source texts ask for are names of its own to it. */
export function tellDecisions(emit: Emit): (decision: SolveDecision) => void {
  return ({ from, request, id, because }) => {
    const asker = from === "file:" ? "the project" : from.replace(/^file:/, "");
    const asked = request.replace(/^.+~\d+@npm:/, "");
    const message = `${asker} asks for ${asked} and gets ${id}: ${because}`;
    emit({ stage: "resolve", kind: "decision", subject: id, message });
  };
}
