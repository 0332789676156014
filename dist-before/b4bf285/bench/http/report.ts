import type { Measurement } from './measure.js';

const GROUPS = ['gateway', 'worker', 'broker', 'database'];

export function totalCpu({ cpuPerRequest }: Measurement): number {
  return [...cpuPerRequest.values()].reduce((sum, cpuMs) => sum + cpuMs, 0);
}

function shown(value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

/** One line of the table of everything. */
export function line(measurement: Measurement): Record<string, string | number> {
  const { row, connections, contender, perSecond, p50Ms, p99Ms, bytes, cpuPerRequest, requests, cpuMs } = measurement;
  const groups = GROUPS.map((group): [string, string] => {
    const cpu = cpuPerRequest.get(group);
    return [group, cpu === undefined ? '' : shown(cpu)];
  });
  return {
    row,
    c: connections,
    contender,
    requests,
    'req/s': shown(perSecond),
    'p50 ms': shown(p50Ms),
    'p99 ms': shown(p99Ms),
    ...Object.fromEntries(groups),
    'CPU ms': shown(totalCpu(measurement)),
    generator: shown(cpuMs / requests),
    bytes,
  };
}

/** How many times the CPU time of `base` the others take, for each row and number of connections. */
export function ratios(measurements: readonly Measurement[], base: string): Record<string, string | number>[] {
  return measurements
    .filter(({ contender }) => contender === base)
    .map((own) => {
      const others = measurements.filter(
        (one) => one.row === own.row && one.connections === own.connections && one !== own,
      );
      const entries = others.map((one) => [`${one.contender}, times`, shown(totalCpu(one) / totalCpu(own))]);
      return {
        row: own.row,
        c: own.connections,
        [`${base}, CPU ms`]: shown(totalCpu(own)),
        ...Object.fromEntries(entries),
      };
    });
}

/** The first two lines of a Markdown table with the columns of a row. */
export function heading(row: Record<string, string | number>): string {
  const columns = Object.keys(row);
  return `| ${columns.join(' | ')} |\n|${columns.map(() => ' --- |').join('')}`;
}

export function tableRow(row: Record<string, string | number>): string {
  return `| ${Object.values(row).join(' | ')} |`;
}

export function table(rows: readonly Record<string, string | number>[]): string {
  return [heading(rows[0] ?? {}), ...rows.map(tableRow)].join('\n');
}
