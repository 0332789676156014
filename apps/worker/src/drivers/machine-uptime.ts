import { loadavg, uptime } from 'node:os';

const two = (value: number): string => String(value).padStart(2, '0');

/**
 * How long the machine has been running, and its load, in the format of uptime(1): clients parse hours and load from
 * that text. The number of users is always 0, since no user logs in to a worker's container.
 */
export function machineUptime(now = new Date(), seconds = uptime(), load = loadavg()): string {
  const minutes = Math.floor(seconds / 60);
  const days = Math.floor(minutes / 1440);
  const hours = `${Math.floor(minutes / 60) % 24}:${two(minutes % 60)}`;
  const since = days === 0 ? hours : `${days} ${days === 1 ? 'day' : 'days'}, ${hours}`;
  const clock = [now.getUTCHours(), now.getUTCMinutes(), now.getUTCSeconds()].map(two).join(':');
  return ` ${clock} up ${since},  0 users,  load average: ${load.map((value) => value.toFixed(2)).join(', ')}`;
}
