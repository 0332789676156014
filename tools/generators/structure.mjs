// docs/structure.svg: the apps and libraries as boxes with the folders in them, and who imports whom as lines. It reads nothing
// but the sources. A box stands below all that import it; a line that another path already says is left out.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const WIDTH = 1500;
const GAP = 28;
const LINE = 15;
const ROW_GAP = 90;
const LETTER = 6.4;

/** `apps/worker` … with its folders and the others that it imports. */
function homes() {
  const found = new Map();
  for (const kind of ['apps', 'libs']) {
    for (const name of readdirSync(join(root, kind)).toSorted()) {
      const source = join(root, kind, name, 'src');
      const entries = readdirSync(source, { recursive: true, encoding: 'utf8' });
      const folders = readdirSync(source)
        .filter((entry) => statSync(join(source, entry)).isDirectory())
        .toSorted();
      const uses = new Set();
      for (const entry of entries) {
        if (!entry.endsWith('.ts') || entry.endsWith('.spec.ts')) continue;
        const file = join(source, entry);
        for (const [, to] of readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)) {
          const home = homeOf(file, to);
          if (home !== undefined && home !== `${kind}/${name}`) uses.add(home);
        }
      }
      found.set(`${kind}/${name}`, { folders, uses });
    }
  }
  return found;
}

function homeOf(file, specifier) {
  if (specifier.startsWith('#libs/')) return `libs/${specifier.split('/')[1]}`;
  if (!specifier.startsWith('.')) return undefined;
  const [kind, name] = normalize(join(dirname(file), specifier))
    .slice(root.length + 1)
    .split('/');
  return kind === 'apps' || kind === 'libs' ? `${kind}/${name}` : undefined;
}

/** Lines that no longer path says. */
function directUses(found) {
  const reach = (from, to, isFirst) =>
    [...found.get(from).uses].some((next) => (next === to ? !isFirst : reach(next, to, false)));
  return [...found].flatMap(([from, { uses }]) =>
    [...uses].filter((to) => !reach(from, to, true)).map((to) => [from, to]),
  );
}

function rows(found) {
  const depth = new Map();
  const depthOf = (home) => {
    if (!depth.has(home)) {
      const users = [...found].filter(([, { uses }]) => uses.has(home)).map(([user]) => depthOf(user));
      depth.set(home, Math.max(-1, ...users) + 1);
    }
    return depth.get(home);
  };
  const made = [];
  for (const home of found.keys()) (made[depthOf(home)] ??= []).push(home);
  return made;
}

/** The folders of a box in lines of at most `letters`. */
function wrapped(folders, letters) {
  const lines = [];
  for (const folder of folders) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + folder.length + 2 <= letters)
      lines[lines.length - 1] = `${last}, ${folder}`;
    else lines.push(folder);
  }
  return lines;
}

function draw() {
  const found = homes();
  const boxes = new Map();
  let y = 20;
  for (const row of rows(found)) {
    const width = Math.min(420, (WIDTH - GAP) / row.length - GAP);
    const left = (WIDTH - row.length * (width + GAP) + GAP) / 2;
    let tallest = 0;
    for (const [index, home] of row.entries()) {
      const lines = wrapped(found.get(home).folders, Math.floor((width - 20) / LETTER));
      const height = 34 + lines.length * LINE;
      tallest = Math.max(tallest, height);
      boxes.set(home, { x: left + index * (width + GAP), y, width, height, lines });
    }
    y += tallest + ROW_GAP;
  }
  const edges = directUses(found).map(([from, to]) => {
    const [a, b] = [boxes.get(from), boxes.get(to)];
    const [x1, y1, x2, y2] = [a.x + a.width / 2, a.y + a.height, b.x + b.width / 2, b.y].map(Math.round);
    const bend = Math.round((y2 - y1) / 2);
    return `<path d="M${x1} ${y1} C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2 - 6}" marker-end="url(#to)"/>`;
  });
  const rooms = [...boxes].map(([home, { x, y: top, width, height, lines }]) => {
    const fill = home.startsWith('apps/') ? '#e8f0fb' : '#eef7ec';
    const text = lines.map(
      (line, index) => `<text x="${Math.round(x) + 10}" y="${top + 38 + index * LINE}">${line}</text>`,
    );
    return [
      `<rect x="${Math.round(x)}" y="${top}" width="${Math.round(width)}" height="${height}" rx="5" fill="${fill}"/>`,
      `<text x="${Math.round(x) + 10}" y="${top + 20}" class="home">${home}</text>`,
      ...text,
    ].join('\n');
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y - ROW_GAP + 20}" font-family="sans-serif" font-size="11">
<defs><marker id="to" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="#667"/></marker></defs>
<style>rect { stroke: #889; } .home { font-weight: bold; font-size: 13px; } .uses path { fill: none; stroke: #667; stroke-opacity: 0.55; }</style>
<rect width="100%" height="100%" style="stroke: none" fill="#fff"/>
<g class="uses">
${edges.join('\n')}
</g>
${rooms.join('\n')}
</svg>
`;
}

export const files = [{ path: 'docs/structure.svg', text: draw }];
