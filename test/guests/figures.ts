/** What a run tells: how long its parts took, and what else was measured. */
export class Figures {
  readonly #rows: [what: string, figure: string][] = [];
  #begun = performance.now();

  /** The next part begins now. */
  begin(): void {
    this.#begun = performance.now();
  }

  /** Keeps how long the last part took; the next one begins. */
  lap(what: string): void {
    this.add(what, `${((performance.now() - this.#begun) / 1_000).toFixed(0)} s`);
    this.begin();
  }

  add(what: string, figure: string): void {
    this.#rows.push([what, figure]);
    console.log(`${what}: ${figure}`);
  }

  addBytes(what: string, bytes: number): void {
    this.add(what, `${Math.round(bytes / 1024 ** 2)} MiB`);
  }

  toString(): string {
    return ['| what | figure |', '|---|---|', ...this.#rows.map(([what, figure]) => `| ${what} | ${figure} |`)].join(
      '\n',
    );
  }
}
