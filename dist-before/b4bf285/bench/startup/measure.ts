import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { cpuMsOfTrees, processTree } from '../process-tree.js';
import type { Contender, Measurement } from './contender.js';

const pollMs = 5;
const giveUpMs = 120_000;
/** All processes together must have used less than this share of a second to count as quiet. */
const quietMs = 30;

function pssMiBOf(pid: number): number {
  return Number(/^Pss:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]) / 1024;
}

function sum(pids: readonly number[], of: (pid: number) => number): number {
  return pids.reduce((total, pid) => {
    try {
      return total + of(pid);
    } catch {
      // It has ended since it was listed.
      return total;
    }
  }, 0);
}

function answers(port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path, agent: false, timeout: giveUpMs }, (response) => {
      response.resume();
      response.once('end', () => resolve(true));
    });
    request.once('error', () => resolve(false));
  });
}

/** Starts a program, waits for its first answer and then until it is quiet, measures and ends it. */
export async function measure(contender: Contender): Promise<Measurement> {
  const { name, workers, command, env, port, path } = contender;
  const [executable = '', ...args] = command;
  const startedMs = performance.now();
  const child = spawn(executable, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4000)));
  const ended = once(child, 'exit');
  try {
    while (!(await answers(port, path))) {
      if (child.exitCode !== null) throw new Error(`${name} ended before it answered:\n${said}`);
      if (performance.now() - startedMs > giveUpMs) throw new Error(`${name} did not answer:\n${said}`);
      await pause(pollMs);
    }
    const firstAnswerMs = performance.now() - startedMs;
    const pid = child.pid ?? 0;
    let cpuMs = 0;
    for (;;) {
      const now = cpuMsOfTrees([pid]);
      if (now - cpuMs < quietMs) break;
      cpuMs = now;
      await pause(1000);
    }
    const pids = processTree(pid);
    return { name, workers, firstAnswerMs, cpuMs, pssMiB: sum(pids, pssMiBOf), processes: pids.length };
  } finally {
    if (child.exitCode === null) child.kill('SIGTERM');
    await ended;
  }
}
