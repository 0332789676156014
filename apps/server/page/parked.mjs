import { control } from './api.mjs';
import { h, show, table } from './dom.mjs';
import { doing, every } from './polling.mjs';

/** Messages that could not be run and were put aside. */
export function parked(main) {
  const place = h('section');
  const error = h('p', { class: 'error' });
  main.append(place, error);
  const button = (title, method, path, style) => (message) =>
    doing(title, { done: () => loop.now(), error, class: style }, () =>
      control(method, `/parked/${message.topic}/${message.id}${path}`),
    );
  const replay = button('Send again', 'POST', '/replay');
  const drop = button('Throw away', 'DELETE', '', 'danger');
  const columns = [
    ['Topic', ({ topic }) => topic],
    ['Since', ({ parked_at: at }) => at.slice(0, 19).replace('T', ' '), 'time'],
    ['Attempts', ({ attempts }) => attempts],
    ['Reason', ({ reason }) => reason, 'wide'],
    ['', (message) => h('span', { class: 'tools' }, replay(message), drop(message))],
  ];
  const loop = every(3000, main, async (isOver) => {
    const { parked: found } = await control('GET', '/parked');
    if (!isOver()) show(place, found, () => table(columns, found, 'No message is parked.'));
  });
  return loop.end;
}
