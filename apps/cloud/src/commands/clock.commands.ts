import type { Command } from 'commander';
import type { Surroundings } from '../surroundings.js';
import { clientOf, cloudGroup } from './state.commands.js';

interface Clock {
  readonly now: string;
  readonly offset_seconds: number;
}

export function registerClock(program: Command, surroundings: Surroundings): void {
  const clock = cloudGroup(program, 'clock', 'business time: expiry, reclaim, created_at, heartbeats');
  const ask = async (command: Command, method: string, path: string, body?: object): Promise<void> => {
    const text = await clientOf(command, surroundings).send(method, path, body);
    const { now, offset_seconds: offset } = JSON.parse(text) as Clock;
    surroundings.out(`${now}\t+${offset} s\n`);
  };
  clock
    .command('show')
    .description('the time, and how far it is ahead of the machine')
    .action((_options: object, command: Command) => ask(command, 'GET', '/clock'));
  clock
    .command('advance <span>')
    // The cloud says what is wrong with -1h.
    .allowUnknownOption()
    .description('let time pass: 90 (seconds), 2h, 1d12h')
    .action((span: string, _options: object, command: Command) => ask(command, 'POST', '/clock/advance', { by: span }));
  clock
    .command('reset')
    .description("back to the machine's time")
    .action((_options: object, command: Command) => ask(command, 'POST', '/clock/reset'));
}
