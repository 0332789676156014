// npm run dev [-- arguments of albireo-server]: compiles on every change and starts the server anew when it compiled.
// State is in memory unless arguments say otherwise, so that a new start is quick and leaves nothing.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const own = process.argv.slice(2);
const args = own.length > 0 ? own : ['--ephemeral'];
const program = join(root, 'dist/apps/server/src/main.js');
/** A server that does not end by itself after so long is in the way of the next one. */
const MOST_STOP_MS = 1_000;

let server = null;
let ended = Promise.resolve();
let turn = Promise.resolve();
let changedAt = 0;

/** One start after another, however quickly the files change. */
function restart() {
  turn = turn.then(async () => {
    await stop();
    if (!existsSync(program)) return;
    const from = changedAt;
    server = spawn(process.execPath, [program, ...args], { stdio: ['inherit', 'pipe', 'inherit'] });
    ended = new Promise((resolve) => server.once('exit', resolve));
    server.stdout.on('data', (text) => {
      process.stdout.write(text);
      if (from > 0 && String(text).includes('is ready')) say(`ready ${Date.now() - from} ms after the change`);
    });
  });
}

async function stop() {
  if (server === null) return;
  server.kill('SIGTERM');
  const timer = setTimeout(() => server.kill('SIGKILL'), MOST_STOP_MS);
  await ended;
  clearTimeout(timer);
  server = null;
}

function say(text) {
  process.stdout.write(`dev: ${text}\n`);
}

const compiler = spawn(
  process.execPath,
  [
    join(root, 'node_modules/typescript/bin/tsc'),
    '-p',
    join(root, 'tsconfig.json'),
    '--watch',
    '--preserveWatchOutput',
  ],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
let line = '';
compiler.stdout.on('data', (chunk) => {
  const lines = (line + chunk).split('\n');
  line = lines.pop() ?? '';
  for (const text of lines) compiled(text);
});

function compiled(text) {
  if (/change detected|build starting/i.test(text)) changedAt = Date.now();
  const errors = /Found (\d+) errors?/.exec(text)?.[1] ?? (/build finished/i.test(text) ? '0' : undefined);
  if (text.trim() !== '') say(text.trim());
  // The server that runs stays while there is something to mend.
  if (errors === '0') restart();
}

async function end(signal) {
  compiler.kill(signal);
  turn = turn.then(stop);
  await turn;
  process.exit(0);
}
process.once('SIGINT', () => void end('SIGINT'));
process.once('SIGTERM', () => void end('SIGTERM'));
compiler.once('exit', (code) => {
  if (code !== null && code !== 0) void turn.then(stop).then(() => process.exit(code));
});
