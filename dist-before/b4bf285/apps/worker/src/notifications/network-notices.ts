import { neutronForm } from './neutron-form.js';
import type { Notices } from './notices.js';

type Kind = 'network' | 'subnet' | 'port';
/** Tells the world of changes of networks, subnets and ports: neutron's `network.create.start` and so on. */
export class NetworkNotices {
  constructor(private readonly notices: Notices) {}

  /** A create of one or of many: neutron's payload has the form of the body. */
  async create<T extends object>(
    kind: Kind,
    inputs: readonly object[],
    create: () => Promise<readonly T[]>,
  ): Promise<readonly T[]> {
    this.notices.send(`${kind}.create.start`, kind, () => this.#body(kind, inputs));
    const created = await create();
    this.notices.send(`${kind}.create.end`, kind, () => this.#body(kind, created));
    return created;
  }

  async update<T extends object>(kind: Kind, id: string, input: object, update: () => Promise<T>): Promise<T> {
    this.notices.send(`${kind}.update.start`, id, () => ({ [kind]: neutronForm(input), id }));
    const updated = await update();
    this.notices.send(`${kind}.update.end`, id, () => ({ [kind]: neutronForm(updated) }));
    return updated;
  }

  async delete(kind: Kind, id: string, remove: () => Promise<void>): Promise<void> {
    const payload = { [`${kind}_id`]: id };
    this.notices.send(`${kind}.delete.start`, id, () => payload);
    await remove();
    this.notices.send(`${kind}.delete.end`, id, () => payload);
  }

  #body(kind: Kind, objects: readonly object[]): Readonly<Record<string, unknown>> {
    const [first] = objects;
    if (objects.length === 1 && first !== undefined) return { [kind]: neutronForm(first) };
    return { [`${kind}s`]: objects.map(neutronForm) };
  }
}
