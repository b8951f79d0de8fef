import { codeFrame } from "../src/compile/code-frame.ts";
import { byId } from "./element.ts";
import { Editor } from "./editor.ts";
import { createExamplesMenu } from "./examples-menu.ts";
import type { Example } from "./examples/example.ts";
import { FileTabs } from "./file-tabs.ts";
import { findPlace, type Place } from "./place.ts";
import type { ProgramStore, StoredProgram } from "./program-store.ts";
import { showToast } from "./toast.ts";

/** What the workspace tells the page. */
export interface WorkspaceListener {
  /** Another program is in the editor. */
  onOpen(program: StoredProgram): void;
  /** The program in the editor is another than a moment ago. */
  onChange(): void;
  onRun(): void;
}

/** The visitor's program: editor, files, examples, all kept in the store. */
export class Workspace {
  readonly #store: ProgramStore;
  readonly #listener: WorkspaceListener;
  readonly #reset = byId("reset");
  readonly #editor: Editor;
  readonly #tabs: FileTabs;
  #selected = "";

  constructor(catalog: readonly Example[], store: ProgramStore, listener: WorkspaceListener) {
    this.#store = store;
    this.#listener = listener;
    this.#editor = new Editor(byId("editor"), {
      onChange: (path, text) => this.#change({ ...this.#files, [path]: text }),
      onRun: () => listener.onRun(),
    });
    this.#tabs = new FileTabs({
      select: (path) => this.#select(path),
      add: (path) => this.#add(path, ""),
      rename: (from, to) => this.#rename(from, to),
      remove: (path) => this.#remove(path),
    });
    createExamplesMenu(catalog, store, (id) => this.#open(id));
    this.#reset.addEventListener("click", () => this.#resetExample());
  }

  get program(): StoredProgram {
    return this.#store.current;
  }

  get #files(): Readonly<Record<string, string>> {
    return this.#store.current.files;
  }

  /** Takes another program in place of the current one. */
  put(files: Readonly<Record<string, string>>, entry: string): void {
    this.#store.put(files, entry);
    this.show();
  }

  /** Keeps the lockfile with the program. */
  keepLockfile(lockfile: string | null): void {
    this.#store.update({ lockfile });
  }

  /** Shows the store's current program. */
  show(): void {
    const { program } = this;
    this.#selected = program.entry;
    this.#editor.setFiles(program.files, program.entry);
    this.#refresh();
    this.#listener.onOpen(program);
  }

  placeOf(file: string | undefined, line?: number, column?: number): Place | undefined {
    return findPlace(this.#files, file, line, column);
  }

  /** The line of source at the place, with a caret under the column. */
  frameOf(place: Place): string {
    return codeFrame(this.#files[place.path] ?? "", place);
  }

  /** Shows the place and marks its line. */
  mark(place: Place): void {
    this.#selected = place.path;
    this.#refresh();
    this.#editor.mark(place);
  }

  /** Leads the visitor to the place. */
  reveal(place: Place): void {
    this.mark(place);
    this.#editor.focus();
  }

  #open(id: string): void {
    this.#store.open(id);
    this.show();
  }

  #resetExample(): void {
    const before = this.program;
    this.#store.reset();
    this.show();
    showToast(`${this.#store.title} is as it was.`, { label: "Undo", run: () => this.#restore(before) }, true);
  }

  #restore(program: StoredProgram): void {
    this.#store.open(program.id);
    this.#store.update(program);
    this.show();
  }

  #change(files: Readonly<Record<string, string>>): void {
    this.#store.update({ files });
    this.#showEdited();
    this.#listener.onChange();
  }

  #select(path: string): void {
    this.#selected = path;
    this.#editor.show(path);
    this.#refresh();
  }

  #add(path: string, text: string): void {
    this.#change({ ...this.#files, [path]: text });
    this.#editor.add(path, text);
    this.#select(path);
    this.#editor.focus();
  }

  #rename(from: string, to: string): void {
    const entries = Object.entries(this.#files).map(([path, text]) => [path === from ? to : path, text]);
    this.#change(Object.fromEntries(entries));
    this.#editor.rename(from, to);
    if (this.#selected === from) this.#selected = to;
    this.#refresh();
  }

  #remove(path: string): void {
    const { [path]: text = "", ...rest } = this.#files;
    this.#change(rest);
    this.#editor.remove(path);
    this.#select(this.program.entry);
    showToast(`Deleted ${path.slice(1)}`, { label: "Undo", run: () => this.#add(path, text) }, true);
  }

  #refresh(): void {
    const { files, entry } = this.program;
    this.#tabs.show({ paths: Object.keys(files), entry, selected: this.#selected });
    this.#showEdited();
  }

  #showEdited(): void {
    byId("project-title").textContent = this.#store.title;
    this.#reset.hidden = !this.#store.isEdited(this.program.id);
  }
}
