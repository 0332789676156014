import { control } from './api.mjs';
import { h, show, table } from './dom.mjs';
import { every } from './polling.mjs';

const MOST = 300;
const COLUMNS = [
  ['Time', ({ at }) => at.slice(11, 23), 'time'],
  ['Kind', ({ kind }) => kind],
  ['What', ({ what }) => what],
  ['ms', ({ ms }) => ms ?? '', 'time'],
  ['Error', ({ error }) => h('span', { class: 'bad' }, error ?? '')],
  ['Request or subject', (event) => event.subject ?? event.request_id ?? '', 'id'],
];

/** Requests between the halves and notifications, as they happen. */
export function events(main) {
  let found = [];
  let last = 0;
  let paused = false;
  const place = h('section');
  const filter = h('input', { type: 'search', placeholder: 'Filter', 'aria-label': 'Filter', input: () => draw() });
  const kind = h(
    'select',
    { 'aria-label': 'Kind', change: () => draw() },
    ['all', 'call', 'cast', 'notification', 'errors'].map((name) => h('option', {}, name)),
  );
  const pause = h(
    'button',
    {
      click: () => {
        paused = !paused;
        pause.textContent = paused ? 'Go on' : 'Pause';
        draw();
      },
    },
    'Pause',
  );
  main.append(h('div', { class: 'tools' }, kind, filter, pause), place);
  const draw = () => {
    if (paused) return;
    const wanted = filter.value.toLowerCase();
    const rows = found.filter(
      (event) =>
        (kind.value === 'all' || event.kind === kind.value || (kind.value === 'errors' && event.error !== undefined)) &&
        (wanted === '' || JSON.stringify(event).toLowerCase().includes(wanted)),
    );
    show(place, rows, () => table(COLUMNS, rows, 'Nothing has happened yet.'));
  };
  const aborted = new AbortController();
  const loop = every(100, main, async (isOver) => {
    const { events: news } = await control('GET', `/events?after=${last}&wait=${last === 0 ? 0 : 20}`, {
      signal: aborted.signal,
    });
    if (isOver()) return;
    if (news.length > 0) {
      last = news.at(-1).number;
      found = [...news.toReversed(), ...found].slice(0, MOST);
    } else if (last === 0) {
      // Nothing at all yet: ask for the first one, and wait.
      await new Promise((resolve) => setTimeout(resolve, 900));
    }
    draw();
  });
  return () => {
    loop.end();
    aborted.abort();
  };
}
