import { control } from './api.mjs';
import { h, show, table } from './dom.mjs';
import { doing, every } from './polling.mjs';

/** Ready-made faults as switches, rules with their counts, and what was hit. */
export function faults(main) {
  const scenarios = h('section');
  const rules = h('section');
  const log = h('section');
  const error = h('p', { class: 'error' });
  const text = h('textarea', {
    'aria-label': 'Rules as YAML',
    placeholder:
      'faults:\n  - http: { api: compute, method: POST, path: /servers }\n    status: 503\n    probability: 0.3',
  });
  const add = doing('Add rules', { done: () => loop.now(), error, class: 'main' }, async () => {
    await control('POST', '/faults?file=page', { body: text.value, type: 'application/yaml' });
    text.value = '';
  });
  const clear = doing('Take all away', { done: () => loop.now(), error, class: 'danger' }, () =>
    control('DELETE', '/faults'),
  );
  main.append(
    scenarios,
    rules,
    h('section', {}, h('h2', {}, 'Rules of one’s own'), text, h('div', { class: 'tools' }, add, clear), error),
    log,
  );
  let known = [];
  const loop = every(2000, main, async (isOver) => {
    if (known.length === 0) known = (await control('GET', '/fault-scenarios')).scenarios;
    const [{ faults: now }, { hits }] = await Promise.all([control('GET', '/faults'), control('GET', '/fault-log')]);
    if (isOver()) return;
    show(scenarios, [known, now.map(({ id, isOver: done }) => [id, done])], () => [
      h('h2', {}, 'Ready-made'),
      table(
        [
          ['On', (scenario) => toggle(scenario, now), ''],
          ['What happens', ({ summary }) => summary, 'wide'],
        ],
        known,
        'There are none.',
      ),
    ]);
    show(rules, now, () => [h('h2', {}, 'Rules'), table(columns, now, 'No rule is set.')]);
    const latest = hits.slice(-100).toReversed();
    show(log, latest, () => [h('h2', {}, 'Hits'), table(HIT_COLUMNS, latest, 'Nothing was hit.')]);
  });
  const remove = ({ id }) => control('DELETE', `/faults/${encodeURIComponent(id)}`);
  const columns = [
    ['Id', ({ id }) => id, 'id'],
    ['Matches', ({ matches }) => matches],
    ['Hits', ({ hits }) => hits],
    ['', ({ isOver }) => (isOver ? h('span', { class: 'soft' }, 'over') : h('span', { class: 'bad' }, 'on'))],
    ['Rule', ({ rule }) => h('code', {}, JSON.stringify(rule)), 'wide'],
    ['', (rule) => doing('Remove', { done: () => loop.now(), error, class: 'danger' }, () => remove(rule))],
  ];
  const toggle = ({ name, rules: own }, now) => {
    const ids = own.map(({ id }) => id);
    const there = now.filter(({ id }) => ids.includes(id));
    const change = async (event) => {
      try {
        if (event.target.checked) await control('POST', `/fault-scenarios/${name}`);
        else for (const rule of there) await remove(rule);
        error.textContent = '';
      } catch (thrown) {
        error.textContent = thrown.message;
      }
      await loop.now();
    };
    return h('label', { class: 'switch' }, h('input', { type: 'checkbox', checked: there.length > 0, change }), name);
  };
  return loop.end;
}

const HIT_COLUMNS = [
  ['Time', ({ at }) => at.slice(11, 23), 'time'],
  ['Rule', ({ id }) => id, 'id'],
  ['Border', ({ border }) => border],
  ['About', ({ facts }) => h('code', {}, JSON.stringify(facts)), 'wide'],
];
