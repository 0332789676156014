import { loadavg, uptime } from 'node:os';

const two = (value: number): string => String(value).padStart(2, '0');

/**
 * Since when the machine runs, and its load, as uptime(1) prints it: clients read hours and load from that text. It
 * counts nobody as logged in, since nobody can be in a worker's container.
 */
export function machineUptime(now = new Date(), seconds = uptime(), load = loadavg()): string {
  const minutes = Math.floor(seconds / 60);
  const days = Math.floor(minutes / 1440);
  const hours = `${Math.floor(minutes / 60) % 24}:${two(minutes % 60)}`;
  const since = days === 0 ? hours : `${days} ${days === 1 ? 'day' : 'days'}, ${hours}`;
  const clock = [now.getUTCHours(), now.getUTCMinutes(), now.getUTCSeconds()].map(two).join(':');
  return ` ${clock} up ${since},  0 users,  load average: ${load.map((value) => value.toFixed(2)).join(', ')}`;
}
