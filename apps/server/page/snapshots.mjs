import { control } from './api.mjs';
import { h, show, table } from './dom.mjs';
import { doing, every } from './polling.mjs';

/** Whole states of the cloud, and its time. */
export function snapshots(main) {
  const place = h('section');
  const clock = h('section');
  const error = h('p', { class: 'error' });
  const said = h('p', { class: 'soft' });
  const name = h('input', { placeholder: 'Name', 'aria-label': 'Name of the snapshot' });
  const done = () => loop.now();
  const timed = (what, work) => async () => {
    said.textContent = '';
    const began = performance.now();
    await work();
    said.textContent = `${what} in ${Math.round(performance.now() - began)} ms.`;
  };
  const at = (one, path) => `/snapshots/${encodeURIComponent(one)}${path}`;
  const create = doing(
    'Create',
    { done, error, class: 'main' },
    timed('Created', async () => {
      await control('POST', '/snapshots', { body: { name: name.value } });
      name.value = '';
    }),
  );
  const reset = doing(
    'Reset to the beginning',
    { done, error },
    timed('Reset', () => control('POST', '/reset')),
  );
  const columns = [
    ['Name', ({ name: one }) => one],
    ['Made', ({ created_at: time }) => time.slice(0, 19).replace('T', ' '), 'time'],
    ['Rows', ({ rows }) => rows],
    [
      '',
      ({ name: one }) =>
        h(
          'span',
          { class: 'tools' },
          doing(
            'Restore',
            { done, error },
            timed(`Restored ${one}`, () => control('POST', at(one, '/restore'))),
          ),
          doing(
            'Delete',
            { done, error, class: 'danger' },
            timed(`Deleted ${one}`, () => control('DELETE', at(one, ''))),
          ),
        ),
    ],
  ];
  const span = h('input', { placeholder: '2h', 'aria-label': 'How far', size: 8 });
  const advance = doing(
    'Advance',
    { done, error, class: 'main' },
    timed('Advanced', async () => {
      await control('POST', '/clock/advance', { body: { by: span.value } });
      span.value = '';
    }),
  );
  const back = doing(
    'Back to the machine’s time',
    { done, error },
    timed('Put back', () => control('POST', '/clock/reset')),
  );
  const time = h('p');
  clock.append(h('h2', {}, 'Clock'), time, h('div', { class: 'tools' }, span, advance, back));
  main.append(h('div', { class: 'tools' }, name, create, reset), place, clock, said, error);
  const loop = every(2000, main, async (isOver) => {
    const [{ snapshots: found }, now] = await Promise.all([control('GET', '/snapshots'), control('GET', '/clock')]);
    if (isOver()) return;
    show(place, found, () => table(columns, found, 'There is no snapshot.'));
    time.textContent = `${now.now.slice(0, 19).replace('T', ' ')} UTC, ${now.offset_seconds} s ahead of the machine`;
  });
  return loop.end;
}
