import type { BenchProgram, SpecifierOf } from "../program.ts";
import { versionsOf } from "../versions.ts";

/** What the program logs in the first frame after its first effect: it can be used from then on. */
export const INTERACTIVE = "bench interactive";

/** A small React application with a store, dates and a few functions of a library of hundreds. */
export const COLD_PROGRAM: BenchProgram = {
  name: "react application",
  dependencies: { ...versionsOf("react", "react-dom", "date-fns", "lodash-es"), zustand: "5.1.0" },
  source: (from) => `
    import { addDays, format } from "${from("date-fns")}";
    import { debounce, groupBy } from "${from("lodash-es")}";
    ${application(from)}`,
};

/** The same, importing single files of the two libraries, as one does where nothing leaves out the rest of them. */
export const COLD_PROGRAM_OF_FILES: BenchProgram = {
  name: "react application, single files",
  dependencies: COLD_PROGRAM.dependencies,
  source: (from) => `
    import { addDays } from "${from("date-fns", "/addDays")}";
    import { format } from "${from("date-fns", "/format")}";
    import debounce from "${from("lodash-es", "/debounce.js")}";
    import groupBy from "${from("lodash-es", "/groupBy.js")}";
    ${application(from)}`,
};

function application(from: SpecifierOf): string {
  return `
    import { createElement, useEffect, useState } from "${from("react")}";
    import { createRoot } from "${from("react-dom", "/client")}";
    import { create } from "${from("zustand")}";
    const useCount = create((set) => ({ count: 0, add: () => set(({ count }) => ({ count: count + 1 })) }));
    const save = debounce(() => undefined, 100);
    function App() {
      const { count, add } = useCount();
      const [label] = useState("clicked");
      useEffect(() => {
        save();
        requestAnimationFrame(() => console.log("${INTERACTIVE}"));
      }, []);
      const days = [1, 2, 3].map((day) => format(addDays(new Date(2026, 0, day), count), "yyyy-MM-dd"));
      const groups = Object.entries(groupBy(days, (day) => Number(day.slice(-2)) % 2));
      return createElement("button", { onClick: add }, label, " ", count, " ", JSON.stringify(groups));
    }
    createRoot(document.querySelector("#root")).render(createElement(App));
`;
}
