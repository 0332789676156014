import { textIn } from './api-session.js';
import type { Body } from './api-session.js';

const SHORT_ID = 8;

/**
 * Names of the objects of an export. The parts of a seed refer to each other by name, so an object without a name, or
 * with the name of another one of its kind and project, gets a part of its id.
 */
export class ExportNames {
  readonly #names = new Map<unknown, string>();

  constructor(kinds: Readonly<Record<string, readonly Body[]>>) {
    for (const [kind, things] of Object.entries(kinds)) this.#add(kind, things);
  }

  of({ id }: Body): string {
    return this.#names.get(id) ?? String(id);
  }

  #add(kind: string, things: readonly Body[]): void {
    const taken = new Set<string>();
    for (const thing of things) {
      const { id, name, project_id: project, tenant_id: tenant } = thing;
      const own = typeof name === 'string' ? name : '';
      const owner = textIn({ owner: project ?? tenant }, 'owner');
      const isFree = own !== '' && !taken.has(JSON.stringify([owner, own]));
      const given = isFree ? own : `${own === '' ? kind : own}-${String(id).slice(0, SHORT_ID)}`;
      taken.add(JSON.stringify([owner, given]));
      this.#names.set(id, given);
    }
  }
}
