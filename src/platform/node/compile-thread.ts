import { parentPort } from "node:worker_threads";
import { answerCompile, type CompileRequest } from "../../artifact/compile-jobs.ts";

/** A thread that compiles: `compile-jobs.ts` asks it. */
parentPort?.on("message", (request: CompileRequest) => {
  void answerCompile(request).then((answer) =>
    parentPort?.postMessage(answer, "artifact" in answer ? [answer.artifact.buffer] : []),
  );
});
