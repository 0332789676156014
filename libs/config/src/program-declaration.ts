import type { Half } from './internal/declaration.js';
import type { Requirement } from './internal/requirement.js';
import type { ProgramDefaults } from './internal/resolver.js';

/** A program and its options; the documents list what is specific to each. */
export interface ProgramDeclaration {
  /** As in package.json's `bin`. */
  readonly name: string;
  /** One sentence for `--help` and the reference page. */
  readonly summary: string;
  /** The halves that it runs. Commands run neither: they report a fault in a value when they read it. */
  readonly halves: readonly Half[];
  /** Defaults that override those of the declarations, as nova's `set_lib_defaults`. */
  readonly defaults: ProgramDefaults;
  /** The options without which the program does not start. */
  readonly required: readonly Requirement[];
}
