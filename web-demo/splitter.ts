/** What a splitter moves. */
export interface SplitterOptions {
  readonly handle: HTMLElement;
  /** The element whose size is 100 %; it gets the custom property. */
  readonly container: HTMLElement;
  /** Custom property that holds the share, `--code-width`. */
  readonly property: string;
  /** `x` measures from the left edge, `y` from the bottom one. */
  readonly axis: "x" | "y";
  /** Percent before anybody moves it. */
  readonly initial: number;
  readonly min: number;
  readonly max: number;
}

const STEP = 2;

/** Makes a separator movable by pointer and by arrow keys; a double-click puts it back. */
export function createSplitter(options: SplitterOptions): void {
  const { handle, container, property, axis, initial, min, max } = options;
  let share = initial;

  function set(percent: number): void {
    share = Math.min(max, Math.max(min, percent));
    container.style.setProperty(property, `${share}%`);
    handle.setAttribute("aria-valuenow", String(Math.round(share)));
  }

  function follow(event: PointerEvent): void {
    const box = container.getBoundingClientRect();
    set(
      axis === "x" ? ((event.clientX - box.left) / box.width) * 100 : ((box.bottom - event.clientY) / box.height) * 100,
    );
  }

  handle.setAttribute("aria-valuemin", String(min));
  handle.setAttribute("aria-valuemax", String(max));
  handle.addEventListener("pointerdown", (event) => {
    handle.setPointerCapture(event.pointerId);
    handle.classList.add("dragging");
    document.body.classList.add("resizing");
    handle.addEventListener("pointermove", follow);
  });
  handle.addEventListener("lostpointercapture", () => {
    handle.classList.remove("dragging");
    document.body.classList.remove("resizing");
    handle.removeEventListener("pointermove", follow);
  });
  handle.addEventListener("dblclick", () => set(initial));
  handle.addEventListener("keydown", (event) => {
    const more = axis === "x" ? "ArrowRight" : "ArrowUp";
    const less = axis === "x" ? "ArrowLeft" : "ArrowDown";
    if (event.key !== more && event.key !== less) return;
    set(share + (event.key === more ? STEP : -STEP));
    event.preventDefault();
  });
  set(initial);
}
