import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readFigures } from './figures.js';
import type { Curve, Figures } from './figures.js';

const folder = fileURLToPath(new URL('../../../docs/scale/', import.meta.url));
const WIDTH = 720;
const HEIGHT = 320;
const LEFT = 64;
const RIGHT = 210;
const TOP = 40;
const BOTTOM = 56;
const LINES = 4;
/** Told apart by those who see few colours, too. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000', '#999999'];

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

function text(x: number, y: number, words: string, anchor = 'start', size = 11): string {
  return `<text x="${Math.round(x)}" y="${Math.round(y)}" font-size="${size}" text-anchor="${anchor}">${escaped(words)}</text>`;
}

/** The next of 1, 2, 5, 10, … that is not below a value. */
function roundedUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value || 1));
  return ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10) * power;
}

/** One curve as a picture: steps of equal width along the bottom, from 0 up. */
export function drawCurve(
  { title, along, x, unit, series }: Curve,
  { date, machine, versions, load }: Figures,
): string {
  const most = roundedUp(Math.max(...series.flatMap(({ values }) => values)));
  const right = WIDTH - RIGHT;
  const bottom = HEIGHT - BOTTOM;
  const xOf = (at: number): number =>
    x.length < 2 ? (LEFT + right) / 2 : LEFT + (at * (right - LEFT)) / (x.length - 1);
  const yOf = (value: number): number => bottom - (value * (bottom - TOP)) / most;
  const grid = Array.from({ length: LINES + 1 }, (_, at) => (most * at) / LINES).flatMap((value) => [
    `<line x1="${LEFT}" x2="${right}" y1="${Math.round(yOf(value))}" y2="${Math.round(yOf(value))}" stroke="#dddddd"/>`,
    text(LEFT - 6, yOf(value) + 4, value.toLocaleString('en'), 'end'),
  ]);
  const ticks = x.map((value, at) => text(xOf(at), bottom + 18, value.toLocaleString('en'), 'middle'));
  const lines = series.flatMap(({ name, values }, at) => {
    const colour = COLOURS[at % COLOURS.length] ?? '#000000';
    const points = values.map((value, step) => `${Math.round(xOf(step))},${Math.round(yOf(value))}`);
    const dots = points.map((point) => `<circle cx="${point.replace(',', '" cy="')}" r="3" fill="${colour}"/>`);
    const key = TOP + 16 * at;
    return [
      `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      ...dots,
      `<rect x="${right + 14}" y="${key - 8}" width="10" height="10" fill="${colour}"/>`,
      text(right + 30, key + 1, name),
    ];
  });
  const where = `${machine}, ${versions}, ${date}, load ${load.join(' to ')}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    text(LEFT, 20, `${title}: ${unit}`, 'start', 13),
    ...grid,
    ...ticks,
    text((LEFT + right) / 2, bottom + 34, along, 'middle'),
    ...lines,
    text(LEFT, HEIGHT - 6, where, 'start', 9),
    '</svg>',
    '',
  ].join('\n');
}

/** Draws all that bench/scale/figures.json has into docs/scale, in place of what was there. */
export function drawAll(): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [part, figures] of Object.entries(readFigures())) {
    for (const [at, curve] of figures.curves.entries()) {
      writeFileSync(`${folder}${part}-${at + 1}.svg`, drawCurve(curve, figures));
    }
  }
}
