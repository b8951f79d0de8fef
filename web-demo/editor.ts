import { indentWithTab } from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import { EditorState, Prec, StateEffect, StateField, type Extension } from "@codemirror/state";
import { Decoration, EditorView, keymap, type DecorationSet } from "@codemirror/view";
import { basicSetup } from "codemirror";
import { editorTheme } from "./editor-theme.ts";
import type { Place } from "./place.ts";

/** What the editor tells the page. */
export interface EditorListener {
  onChange(path: string, text: string): void;
  onRun(): void;
}

const setProblemLine = StateEffect.define<number | undefined>();

/** The line that an error points at; gone with the first edit. */
const problemLine = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(decorations, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(setProblemLine)) continue;
      const line = effect.value;
      if (line === undefined || line > transaction.state.doc.lines) return Decoration.none;
      const { from } = transaction.state.doc.line(line);
      return Decoration.set(Decoration.line({ class: "cm-problem-line" }).range(from));
    }
    return transaction.docChanged ? Decoration.none : decorations;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** The code editor: one file shown at a time, every file with its own history and selection. */
export class Editor {
  readonly #view: EditorView;
  readonly #listener: EditorListener;
  readonly #states = new Map<string, EditorState>();
  #path = "";

  constructor(parent: HTMLElement, listener: EditorListener) {
    this.#listener = listener;
    this.#view = new EditorView({ parent });
  }

  /** Takes another set of files; histories of the old ones are forgotten. */
  setFiles(files: Readonly<Record<string, string>>, shown: string): void {
    this.#states.clear();
    for (const [path, text] of Object.entries(files)) this.#states.set(path, this.#create(path, text));
    this.#path = "";
    this.show(shown);
  }

  /** Shows one of the files. */
  show(path: string): void {
    const state = this.#states.get(path);
    if (path === this.#path || state === undefined) return;
    this.#keep();
    this.#path = path;
    this.#view.setState(state);
  }

  add(path: string, text: string): void {
    this.#states.set(path, this.#create(path, text));
  }

  rename(from: string, to: string): void {
    this.#keep();
    const text = this.#states.get(from)?.doc.toString() ?? "";
    this.#states.delete(from);
    this.#states.set(to, this.#create(to, text));
    if (this.#path !== from) return;
    this.#path = "";
    this.show(to);
  }

  remove(path: string): void {
    this.#states.delete(path);
    if (this.#path === path) this.#path = "";
  }

  /** Shows the place, puts the cursor there and marks its line. */
  mark({ path, line, column }: Place): void {
    this.show(path);
    const { doc } = this.#view.state;
    const target = doc.line(Math.min(Math.max(line, 1), doc.lines));
    const anchor = Math.min(target.from + Math.max(column - 1, 0), target.to);
    this.#view.dispatch({
      selection: { anchor },
      effects: [setProblemLine.of(target.number), EditorView.scrollIntoView(anchor, { y: "center" })],
    });
  }

  focus(): void {
    this.#view.focus();
  }

  #keep(): void {
    if (this.#path !== "") this.#states.set(this.#path, this.#view.state);
  }

  #create(path: string, doc: string): EditorState {
    return EditorState.create({ doc, extensions: this.#extensions(path) });
  }

  #extensions(path: string): Extension[] {
    const run = () => {
      this.#listener.onRun();
      return true;
    };
    return [
      Prec.highest(keymap.of([{ key: "Mod-Enter", run }])),
      // Escape, then Tab, leaves the editor by keyboard.
      keymap.of([indentWithTab]),
      basicSetup,
      languageOf(path),
      editorTheme,
      problemLine,
      EditorView.contentAttributes.of({
        "aria-label": `Code of ${path.slice(1)}`,
        spellcheck: "false",
        autocapitalize: "off",
      }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) this.#listener.onChange(this.#path, update.state.doc.toString());
      }),
    ];
  }
}

function languageOf(path: string): Extension {
  if (/\.[cm]?[jt]sx?$/.test(path))
    return javascript({ typescript: /\.[cm]?tsx?$/.test(path), jsx: path.endsWith("x") });
  return path.endsWith(".json") ? javascript() : [];
}
