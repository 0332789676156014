/** One place where an answer has another shape than the sample. */
export interface ShapeDifference {
  /** As in `servers[].flavor.vcpus`. */
  readonly at: string;
  readonly what: string;
}

type Row = Readonly<Record<string, unknown>>;

const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);

const kindOf = (value: unknown): string => (Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value);

/**
 * Compares keys and types, not values. A null fits every type, since samples are examples. Of an array each element of
 * the answer has to fit one of the sample's.
 *
 * @param data names of objects whose keys are data (metadata, properties): only the types of their values count
 */
export function shapeDifferences(
  sample: unknown,
  answer: unknown,
  data: ReadonlySet<string>,
  at = '',
): ShapeDifference[] {
  if (sample === null || answer === null) return [];
  if (kindOf(sample) !== kindOf(answer)) return [{ at, what: `${kindOf(answer)} in place of ${kindOf(sample)}` }];
  if (Array.isArray(sample) && Array.isArray(answer)) return inArrays(sample, answer, data, `${at}[]`);
  if (isRow(sample) && isRow(answer)) return inRows(sample, answer, data, at);
  return [];
}

function inRows(sample: Row, answer: Row, data: ReadonlySet<string>, at: string): ShapeDifference[] {
  if (data.has(at.replaceAll('[]', '').split('.').at(-1) ?? '')) return [];
  const found: ShapeDifference[] = [];
  for (const [key, value] of Object.entries(sample)) {
    const below = at === '' ? key : `${at}.${key}`;
    if (key in answer) found.push(...shapeDifferences(value, answer[key], data, below));
    else found.push({ at: below, what: 'missing' });
  }
  for (const key of Object.keys(answer)) {
    if (!(key in sample)) found.push({ at: at === '' ? key : `${at}.${key}`, what: 'not in the sample' });
  }
  return found;
}

function inArrays(
  samples: readonly unknown[],
  answers: readonly unknown[],
  data: ReadonlySet<string>,
  at: string,
): ShapeDifference[] {
  if (samples.length === 0) return [];
  if (answers.length === 0) return [{ at, what: 'empty' }];
  const found = new Map<string, ShapeDifference>();
  for (const answer of answers) {
    let best: ShapeDifference[] | undefined;
    for (const sample of samples) {
      const here = shapeDifferences(sample, answer, data, at);
      if (best === undefined || here.length < best.length) best = here;
    }
    for (const one of best ?? []) found.set(`${one.at} ${one.what}`, one);
  }
  return [...found.values()];
}
