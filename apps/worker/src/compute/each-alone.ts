/** Runs the function for each item in turn, even if it failed for an earlier one; rejects with the first error. */
export async function eachAlone<T>(all: readonly T[], run: (one: T) => Promise<void>): Promise<void> {
  const errors: unknown[] = [];
  for (const one of all) await run(one).catch((error: unknown) => errors.push(error));
  if (errors.length > 0) throw errors[0];
}
