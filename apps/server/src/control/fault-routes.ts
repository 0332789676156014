import { SCENARIOS, faultPlan } from '#libs/simulation';
import { readRules } from '../../../worker/src/fault-injection/prepare-faults.js';
import type { ControlRoute } from './control-server.js';
import { ControlError } from './control.errors.js';
import { documentTold } from './document-told.js';

export function faultRoutes(): ControlRoute[] {
  const routes: ControlRoute[] = [
    { method: 'GET', pattern: '/faults', run: async () => ({ enabled: faultPlan.enabled, faults: faultPlan.list() }) },
    {
      method: 'POST',
      pattern: '/faults',
      run: ({ text, query }) =>
        documentTold(() => ({ ids: faultPlan.add(readRules(text, query.get('file') ?? '<request>')) })),
    },
    {
      method: 'DELETE',
      pattern: '/faults',
      run: async () => {
        faultPlan.clear();
        return undefined;
      },
    },
    {
      method: 'DELETE',
      pattern: '/faults/:id',
      run: async ({ parameters: { id = '' } }) => {
        if (!faultPlan.remove(id)) throw new ControlError(404, `no rule has the id ${JSON.stringify(id)}`);
        return undefined;
      },
    },
    { method: 'GET', pattern: '/fault-log', run: async () => ({ hits: faultPlan.log }) },
    {
      method: 'GET',
      pattern: '/fault-scenarios',
      run: async () => ({
        scenarios: Object.entries(SCENARIOS).map(([name, { summary, rules }]) => ({ name, summary, rules })),
      }),
    },
    {
      method: 'POST',
      pattern: '/fault-scenarios/:name',
      run: async ({ parameters: { name = '' } }) => {
        const scenario = Object.hasOwn(SCENARIOS, name) ? SCENARIOS[name] : undefined;
        if (scenario === undefined) {
          throw new ControlError(
            404,
            `no scenario is named ${JSON.stringify(name)}: there are ${Object.keys(SCENARIOS).join(', ')}`,
          );
        }
        return { ids: faultPlan.add(scenario.rules) };
      },
    },
  ];
  return routes.map((route) => ({ ...route, run: (request) => whenEnabled(() => route.run(request)) }));
}

async function whenEnabled<T>(work: () => Promise<T>): Promise<T> {
  if (faultPlan.enabled) return work();
  throw new ControlError(409, 'faults are off: start with [faults] enabled = true');
}
