import type { Visibility } from './field.js';
import type { Declaration } from './resource.js';

export type View = Readonly<Record<string, unknown>>;

interface Shown {
  readonly name: string;
  readonly field: string;
  /** Conversion for responses, if the value is not shown unchanged. */
  readonly as: ((value: unknown) => unknown) | undefined;
  readonly visible: Visibility;
}

const views = new WeakMap<Declaration, readonly Shown[]>();

/**
 * A resource in the form of the Network API, older names included; the visibility of fields to a caller is decided
 * elsewhere. A field that an older worker does not send is null.
 */
export function viewOf(declaration: Declaration, data: object): View {
  // Not copied: lists are converted here row by row.
  const row = data as Readonly<Record<string, unknown>>;
  const view: Record<string, unknown> = {};
  for (const { name, field, as, visible } of shownFields(declaration)) {
    const value = row[field] ?? null;
    if (visible !== true && isLeftOut(visible, row, value)) continue;
    view[name] = as === undefined || value === null ? value : as(value);
  }
  return view;
}

function shownFields(declaration: Declaration): readonly Shown[] {
  let shown = views.get(declaration);
  if (shown === undefined) {
    shown = [...declaration.byName]
      .filter(([, { visible }]) => visible !== false)
      .map(([name, { field, type, visible }]) => ({
        name,
        field,
        as: type.kind === 'time' ? viewTime : type.shown?.as,
        visible,
      }));
    views.set(declaration, shown);
  }
  return shown;
}

function isLeftOut(visible: Visibility, row: Readonly<Record<string, unknown>>, value: unknown): boolean {
  if (typeof visible === 'object') return (row[visible.without] ?? null) !== null;
  return visible === 'given' && value === null;
}

/** A time of the bus in neutron's format: UTC with `Z`, whole seconds. */
function viewTime(time: unknown): unknown {
  return typeof time === 'string' ? time.replace(/\.\d+(?=Z$)/, '') : time;
}
