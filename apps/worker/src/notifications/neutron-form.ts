import type { Declaration } from '#libs/contracts';

/** An object under its names in the API, older ones too: `router:external`, `binding:host_id`, `tenant_id`. */
export function neutronForm(declaration: Declaration, object: object): Readonly<Record<string, unknown>> {
  const named: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(object)) {
    const field = declaration.byField.get(name);
    const isTime = field?.type.kind === 'time' && typeof value === 'string';
    named[field?.name ?? name] = isTime ? value.replace(/\.\d+Z$/, 'Z') : value;
    if (field?.alias !== undefined) named[field.alias] = value;
  }
  return named;
}
