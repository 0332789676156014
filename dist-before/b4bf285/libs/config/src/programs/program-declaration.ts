import type { ProgramDefaults } from '../internal/resolver.js';

/** A program of the product, as far as its options go. */
export interface ProgramDeclaration {
  /** As in package.json's `bin`. */
  readonly name: string;
  /** One sentence for `--help` and the reference page. */
  readonly summary: string;
  /** Defaults over those of the declarations, as nova's `set_lib_defaults`. */
  readonly defaults: ProgramDefaults;
  /** `group.name` of the options without which the program does not start. */
  readonly required: readonly string[];
}
