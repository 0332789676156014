import { runMain as run } from '#libs/config';
import type { Configuration, ProcessSurroundings, ProgramDescription } from '#libs/config';
import { allOptionGroups } from './groups/all-groups.js';
import { productSources } from './load-configuration.js';
import { productVersion } from './product-version.js';
import { findProgram } from './programs/programs.js';

/** A program that is none of the product's `programs`, as in a test; it has all options of the product unless told otherwise. */
type OtherProgram = Partial<ProgramDescription> & Pick<ProgramDescription, 'name'>;

/**
 * As in `libs/config`, for a program of the product. One given by name has the defaults and required options of its row
 * in `programs`, if it is one of them.
 */
export function runMain(
  program: string | OtherProgram,
  main: (config: Configuration) => Promise<number>,
  surroundings?: ProcessSurroundings,
): Promise<void> {
  const description = typeof program === 'string' ? (findProgram(program) ?? { name: program }) : program;
  const product = { ...productSources, version: productVersion(), groups: allOptionGroups };
  return run({ ...product, ...description }, main, surroundings);
}
