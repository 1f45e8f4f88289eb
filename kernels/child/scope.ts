/**
 * The variables of the notebook: names in the global lexical scope, each with a getter and a setter.
 *
 * A name is declared once; cells assign to it, so any kind of declaration may replace any other.
 */
import vm from 'node:vm';

interface Entry {
  readonly get: () => unknown;
  readonly set: (value: unknown) => void;
}

/** The variables by name; see the head of this file. */
export class Scope {
  readonly #entries = new Map<string, Entry>();
  readonly #renamed = new Set<string>();

  /** Names in the order of their first declaration. */
  names(): string[] {
    return [...this.#entries.keys()];
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** Names stored under another one (`name$nb`). */
  renamed(): string[] {
    return [...this.#renamed];
  }

  get(name: string): unknown {
    return this.#entries.get(name)?.get();
  }

  set(name: string, value: unknown): void {
    this.#entries.get(name)?.set(value);
  }

  /** Declares the names that are not there yet. */
  declare(names: readonly { readonly name: string; readonly stored: string }[]): void {
    const fresh = names.filter((n) => !this.#entries.has(n.name));
    if (fresh.length === 0) return;
    const declarations = fresh.map((n) => `let ${n.stored};`).join('');
    const pairs = fresh.map((n) => `[()=>${n.stored},$v=>{${n.stored}=$v}]`).join(',');
    // SAFETY: the script ends with an array of one pair per fresh name.
    const made = new vm.Script(`${declarations}[${pairs}]`, { filename: 'nadir:scope' }).runInThisContext() as [
      Entry['get'],
      Entry['set'],
    ][];
    for (const [i, n] of fresh.entries()) {
      const pair = made[i];
      if (!pair) continue;
      this.#entries.set(n.name, { get: pair[0], set: pair[1] });
      if (n.stored !== n.name) this.#renamed.add(n.name);
    }
  }

  /** Name of the variable that holds exactly this value. */
  nameOf(value: unknown): string | undefined {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
    for (const [name, entry] of this.#entries) if (entry.get() === value) return name;
    return undefined;
  }
}
