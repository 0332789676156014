import type { Declaration } from '#libs/contracts';
import type { Notices } from './notices.js';

/** An object under its API names, including older ones: `router:external`, `binding:host_id`, `tenant_id`. */
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

/** Sends notifications of changes to declared resources: neutron's `network.create.start` and so on. */
export class ResourceNotices {
  constructor(private readonly notices: Notices) {}

  /** A create of one or many: neutron's payload has the form of the body. */
  async create<T extends object>(
    declaration: Declaration,
    inputs: readonly object[],
    create: () => Promise<readonly T[]>,
  ): Promise<readonly T[]> {
    const { singular } = declaration;
    this.notices.send(`${singular}.create.start`, singular, () => bodyOf(declaration, inputs));
    const created = await create();
    this.notices.send(`${singular}.create.end`, singular, () => bodyOf(declaration, created));
    return created;
  }

  async update<T extends object>(
    declaration: Declaration,
    id: string,
    input: object,
    update: () => Promise<T>,
  ): Promise<T> {
    const { singular } = declaration;
    this.notices.send(`${singular}.update.start`, id, () => ({ [singular]: neutronForm(declaration, input), id }));
    const updated = await update();
    this.notices.send(`${singular}.update.end`, id, () => ({ [singular]: neutronForm(declaration, updated) }));
    return updated;
  }

  async delete({ singular }: Declaration, id: string, remove: () => Promise<void>): Promise<void> {
    const payload = { [`${singular}_id`]: id };
    this.notices.send(`${singular}.delete.start`, id, () => payload);
    await remove();
    this.notices.send(`${singular}.delete.end`, id, () => payload);
  }

  /** A change of a resource's tags: `tag.create`, `tag.update` or `tag.delete`, with start and end. */
  async tags<T>(
    action: string,
    resource: string,
    id: string,
    tags: readonly string[],
    change: () => Promise<T>,
  ): Promise<T> {
    const payload = { obj_resource: resource, obj_resource_id: id, tags };
    this.notices.send(`tag.${action}.start`, id, () => payload);
    const changed = await change();
    this.notices.send(`tag.${action}.end`, id, () => payload);
    return changed;
  }
}

function bodyOf(declaration: Declaration, objects: readonly object[]): Readonly<Record<string, unknown>> {
  const [first] = objects;
  if (objects.length === 1 && first !== undefined) return { [declaration.singular]: neutronForm(declaration, first) };
  return { [declaration.plural]: objects.map((object) => neutronForm(declaration, object)) };
}
