import { get } from 'node:http';
import type { Command } from 'commander';
import { HealthOptions, StartError } from '#libs/options';
import { runWithConfiguration } from './global-options.js';

const answerMs = 5000;

/** Gets the report from the health listener of a program on this machine, which serves it only locally. */
function fetchReport(host: string, port: number, json: boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    const path = json ? '/report?format=json' : '/report';
    const request = get({ host, port, path, timeout: answerMs }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`${response.statusCode ?? 0} ${text.trim()}`));
      });
    });
    request.on('timeout', () => request.destroy(new Error(`no answer within ${answerMs / 1000} s`)));
    request.on('error', reject);
  });
}

export function registerReport(program: Command): void {
  program
    .command('report')
    .description('print the state report of a program that runs on this machine')
    .option('--json', 'as JSON')
    .option('--port <port>', "the port of the program's health listener; default: [health] port", Number)
    .action(async (options: { json?: boolean; port?: number }, command: Command) => {
      await runWithConfiguration(command, async (config) => {
        const health = config.get(HealthOptions);
        const port = options.port ?? health.port;
        const any = health.listen === '0.0.0.0' || health.listen === '::';
        const host = any ? '127.0.0.1' : health.listen;
        if (!Number.isInteger(port) || port < 1 || port > 65535) {
          const hint = 'the log of the program says "health listening on <address>:<port>"';
          throw new StartError(`--port, or [health] port: expected a port from 1 to 65535, found ${port}; ${hint}`);
        }
        try {
          process.stdout.write(await fetchReport(host, port, options.json === true));
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          throw new StartError(`no state report from ${host}:${port}: ${reason}`, { cause: error });
        }
        return 0;
      });
    });
}
