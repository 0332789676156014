/** Words that begin a requirement of an extra spec, as nova.scheduler.filters.extra_specs_ops has them. */
const COMPARISONS: Readonly<Record<string, (value: string, wanted: string) => boolean>> = {
  '=': (value, wanted) => Number(value) >= Number(wanted),
  '==': (value, wanted) => Number(value) === Number(wanted),
  '!=': (value, wanted) => Number(value) !== Number(wanted),
  '>=': (value, wanted) => Number(value) >= Number(wanted),
  '<=': (value, wanted) => Number(value) <= Number(wanted),
  's==': (value, wanted) => value === wanted,
  's!=': (value, wanted) => value !== wanted,
  's<': (value, wanted) => value < wanted,
  's<=': (value, wanted) => value <= wanted,
  's>': (value, wanted) => value > wanted,
  's>=': (value, wanted) => value >= wanted,
  '<in>': (value, wanted) => value.includes(wanted),
};

/** Whether a value of a host or an aggregate meets an extra spec: `5`, `>= 5`, `s!= x`, `<in> x`, `<or> a <or> b`. */
export function meetsSpec(value: string, requirement: string): boolean {
  const words = requirement.trim().split(/\s+/);
  const [operator = '', ...rest] = words;
  if (operator === '<or>') return words.filter((_word, index) => index % 2 === 1).includes(value);
  if (operator === '<all-in>') return rest.every((word) => value.includes(word));
  const compare = Object.hasOwn(COMPARISONS, operator) ? COMPARISONS[operator] : undefined;
  return compare === undefined ? value === requirement : compare(value, rest.join(' '));
}
