import type { Half } from './internal/declaration.js';
import type { Requirement } from './internal/requirement.js';
import type { ProgramDefaults } from './internal/resolver.js';

/** A program, as far as its options go; the documents tell what is particular to each. */
export interface ProgramDeclaration {
  /** As in package.json's `bin`. */
  readonly name: string;
  /** One sentence for `--help` and the reference page. */
  readonly summary: string;
  /** What it runs. Commands run neither: they complain about a value when they read it. */
  readonly halves: readonly Half[];
  /** Defaults over those of the declarations, as nova's `set_lib_defaults`. */
  readonly defaults: ProgramDefaults;
  /** The options without which the program does not start. */
  readonly required: readonly Requirement[];
}
