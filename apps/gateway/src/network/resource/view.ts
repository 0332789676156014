import type { Declaration } from '#libs/contracts';

export type View = Readonly<Record<string, unknown>>;

interface Shown {
  readonly name: string;
  readonly field: string;
  readonly isTime: boolean;
}

const views = new WeakMap<Declaration, readonly Shown[]>();

/**
 * A resource as the API shows it, older names included; which fields a caller may see is decided elsewhere
 * (NetworkPolicy). What an older worker does not send is null.
 */
export function viewOf(declaration: Declaration, data: object): View {
  // Not copied: lists come through here row by row.
  const row = data as Readonly<Record<string, unknown>>;
  const view: Record<string, unknown> = {};
  for (const { name, field, isTime } of shownFields(declaration)) {
    const value = row[field] ?? null;
    view[name] = isTime && typeof value === 'string' ? viewTime(value) : value;
  }
  return view;
}

function shownFields(declaration: Declaration): readonly Shown[] {
  let shown = views.get(declaration);
  if (shown === undefined) {
    shown = [...declaration.byName]
      .filter(([, { visible }]) => visible)
      .map(([name, { field, type }]) => ({ name, field, isTime: type.kind === 'time' }));
    views.set(declaration, shown);
  }
  return shown;
}

/** A time of the bus as neutron writes it: UTC with `Z`, whole seconds. */
function viewTime(time: string): string {
  return time.replace(/\.\d+(?=Z$)/, '');
}
