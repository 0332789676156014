// Elements without a library: texts become text nodes, never markup.

/** @param {string} tag @param {object} [props] attributes; a function is a listener, `class` and the like as they are */
export function h(tag, props = {}, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** The same for pictures. */
export function s(tag, props = {}, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), props, children);
}

function fill(element, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (name === 'value' || name === 'checked') element[name] = value;
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.flat(3).filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

/** A table of rows; a column is its title, what it shows of a row, and the class of its cells. */
export function table(columns, rows, none) {
  if (rows.length === 0) return h('p', { class: 'empty' }, none);
  return h(
    'table',
    {},
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        columns.map(([title]) => h('th', {}, title)),
      ),
    ),
    h(
      'tbody',
      {},
      rows.map((row) =>
        h(
          'tr',
          {},
          columns.map(([, show, style]) => h('td', { class: style }, show(row) ?? '')),
        ),
      ),
    ),
  );
}

const GOOD = ['active', 'up', 'true', 'enabled', 'accepted', 'available'];
const BAD = ['error', 'down', 'killed', 'deleted'];

/** How well a status is, as a class. */
export function mood(status) {
  const word = String(status ?? '').toLowerCase();
  if (GOOD.includes(word)) return 'good';
  if (BAD.includes(word)) return 'bad';
  return /^(build|queued|saving|importing|resize|reboot|hard_reboot|migrating|verify_resize|rebuild)$/.test(word)
    ? 'wait'
    : 'soft';
}

export const state = (status) => h('span', { class: mood(status) }, String(status ?? ''));

/** Replaces what an element shows only when it shows something else: a selection in it stays. */
export function show(element, key, make) {
  const text = JSON.stringify(key);
  if (element.shown === text) return;
  element.shown = text;
  element.replaceChildren(...[make()].flat());
}
