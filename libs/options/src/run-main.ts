import { runMain as run } from '#libs/config';
import type { Configuration, ProcessSurroundings, ProgramDescription } from '#libs/config';
import { allOptionGroups } from './groups/all-groups.js';
import { productSources } from './load-configuration.js';
import { productVersion } from './product-version.js';
import { findProgram } from './programs/programs.js';

/**
 * A program that is not one of the product's `programs`, as in a test; it has all options of the product unless others
 * are given.
 */
type OtherProgram = Partial<ProgramDescription> & Pick<ProgramDescription, 'name'>;

/**
 * Like `runMain` of `libs/config`, for a program of the product. A program given by name has the defaults and required
 * options of its row in `programs`, if there is one.
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
