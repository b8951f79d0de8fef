import { expect } from "playwright/test";
import { test } from "./playground-test.ts";

test.beforeEach(({ playground }) => playground.open());

test.describe("workers of a program", () => {
  test("a module worker of the project: TypeScript, imports of files and packages, answers in order", async ({
    playground,
  }) => {
    await playground.runToEnd({
      "/main.ts": `
        const worker = new Worker(new URL("./work.ts", import.meta.url), { type: "module", name: "adder" });
        const answers: unknown[] = [];
        worker.addEventListener("message", ({ data }) => {
          answers.push(data);
          if (answers.length === 3) console.log(JSON.stringify(answers));
        });
        for (const n of [1, 2, 3]) worker.postMessage(n);`,
      "/work.ts": `
        import ms from "ms";
        import { double } from "./double.ts";
        const names: string[] = [self.name, typeof document, new URL(self.location.href).pathname];
        self.onmessage = ({ data }: MessageEvent<number>) => postMessage([double(data), ms(60_000), ...names]);`,
      "/double.ts": "export const double = (n: number) => n * 2;",
    });
    const rest = '"1m","adder","undefined","/~/project/work.ts"';
    await expect(playground.console()).toContainText(`[[2,${rest}],[4,${rest}],[6,${rest}]]`);
    expect((await playground.packages()).map(({ name }) => name)).toEqual(["ms"]);
  });
});
