import type { Example } from "./examples/example.ts";

/** A program as the visitor left it. */
export interface StoredProgram {
  readonly id: string;
  readonly entry: string;
  readonly files: Readonly<Record<string, string>>;
  /** Text of the lockfile it was last run with; null before the first run. */
  readonly lockfile: string | null;
}

interface Saved {
  current: string;
  programs: Record<string, StoredProgram>;
}

const KEY = "raya.programs";

/** The id of the program that the console API sets. */
const CONSOLE_PROGRAM = "console";

/**
 * The visitor's programs: every example as it was changed, with its lockfile, kept in this browser.
 * `onUnavailable` is told once when the browser refuses to keep them; the page goes on with them in memory.
 */
export class ProgramStore {
  readonly #catalog: readonly Example[];
  readonly #onUnavailable: (reason: string) => void;
  readonly #saved: Saved;
  #available = true;

  constructor(catalog: readonly Example[], onUnavailable: (reason: string) => void) {
    this.#catalog = catalog;
    this.#onUnavailable = onUnavailable;
    this.#saved = this.#read();
  }

  get current(): StoredProgram {
    return this.#find(this.#saved.current) ?? this.#original(this.#first.id);
  }

  /** What the menu calls the current program. */
  get title(): string {
    return this.#catalog.find(({ id }) => id === this.current.id)?.title ?? "From the console";
  }

  get #first(): Example {
    const [first] = this.#catalog;
    if (first === undefined) throw new Error("the catalog has no example");
    return first;
  }

  /** Makes the program `id` the current one, as the visitor left it. */
  open(id: string): void {
    this.#saved.current = id;
    this.#write();
  }

  /** Lays changes over the current program. */
  update(changes: Partial<Omit<StoredProgram, "id">>): void {
    const program = { ...this.current, ...changes };
    this.#saved.programs[program.id] = program;
    this.#saved.current = program.id;
    this.#write();
  }

  /** Puts a program in the place that the console API uses; its lockfile stays only where its files do. */
  put(files: Readonly<Record<string, string>>, entry: string): void {
    const before = this.#saved.programs[CONSOLE_PROGRAM];
    const same = before !== undefined && before.entry === entry && sameFiles(before.files, files);
    const lockfile = same ? before.lockfile : null;
    this.#saved.programs[CONSOLE_PROGRAM] = { id: CONSOLE_PROGRAM, files, entry, lockfile };
    this.open(CONSOLE_PROGRAM);
  }

  /** Whether the files of `id` differ from the example's own. */
  isEdited(id: string): boolean {
    const saved = this.#saved.programs[id];
    const original = this.#catalog.find((example) => example.id === id);
    return saved !== undefined && original !== undefined && !sameFiles(saved.files, original.files);
  }

  /** Brings the example's own files back; its lockfile goes too. */
  reset(): void {
    delete this.#saved.programs[this.current.id];
    this.#write();
  }

  #find(id: string): StoredProgram | undefined {
    return (
      this.#saved.programs[id] ?? (this.#catalog.some((example) => example.id === id) ? this.#original(id) : undefined)
    );
  }

  #original(id: string): StoredProgram {
    const { entry, files } = this.#catalog.find((example) => example.id === id) ?? this.#first;
    return { id, entry, files, lockfile: null };
  }

  #read(): Saved {
    const none: Saved = { current: this.#first.id, programs: {} };
    try {
      const text = localStorage.getItem(KEY);
      const value: unknown = text === null ? none : JSON.parse(text);
      return isSaved(value) ? value : none;
    } catch (error) {
      this.#reportUnavailable(error);
      return none;
    }
  }

  #write(): void {
    if (!this.#available) return;
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#saved));
    } catch (error) {
      this.#reportUnavailable(error);
    }
  }

  #reportUnavailable(error: unknown): void {
    this.#available = false;
    this.#onUnavailable(error instanceof Error ? error.message : String(error));
  }
}

function sameFiles(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const paths = Object.keys(a);
  return paths.length === Object.keys(b).length && paths.every((path) => a[path] === b[path]);
}

function isSaved(value: unknown): value is Saved {
  if (!isRecord(value) || typeof value["current"] !== "string" || !isRecord(value["programs"])) return false;
  return Object.values(value["programs"]).every(isStoredProgram);
}

function isStoredProgram(value: unknown): value is StoredProgram {
  if (!isRecord(value) || !isRecord(value["files"]) || typeof value["entry"] !== "string") return false;
  const { files, entry, lockfile } = value;
  return (
    Object.values(files).every((text) => typeof text === "string") &&
    entry in files &&
    (lockfile === null || typeof lockfile === "string")
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
