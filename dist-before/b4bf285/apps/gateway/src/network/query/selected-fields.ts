/** The attributes of a view that a request asked for; all of them when it named none. Unknown names are passed over. */
export function selectedFields(
  view: Readonly<Record<string, unknown>>,
  fields: readonly string[],
): Readonly<Record<string, unknown>> {
  if (fields.length === 0) return view;
  const selected: Record<string, unknown> = {};
  for (const field of fields) if (Object.hasOwn(view, field)) selected[field] = view[field];
  return selected;
}
