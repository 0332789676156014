import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { chooseLevel } from '../../apps/worker/src/fabric/choose-level.js';
import type { ApiClient } from './api-client.js';
import type { Stack } from './stack.js';

/**
 * Why guests have no networks here, or false: give it to node:test's `skip`. With ALBIREO_REQUIRE_PEERS=1 a program that is
 * missing is an error in place of a skip; what the kernel refuses is a skip everywhere.
 */
export async function missingForNetworks(programs: readonly string[] = []): Promise<string | false> {
  const missing = programs.find((program) => spawnSync(program, ['--help']).error !== undefined);
  const fault =
    missing === undefined
      ? await chooseLevel('rootless').then(
          () => '',
          (error: unknown) => (error instanceof Error ? error.message : String(error)),
        )
      : `the program ${missing} is not installed`;
  if (fault === '') return false;
  if (process.env['ALBIREO_REQUIRE_PEERS'] === '1' && fault.includes('is not installed')) throw new Error(fault);
  return fault;
}

/** Makes an image of a file; a kernel and a ramdisk (aki, ari) are containers of their own. */
export async function uploadImage(
  api: ApiClient,
  image: { readonly name: string; readonly format: string; readonly file: string; readonly properties?: object },
): Promise<string> {
  const { name, format, file, properties = {} } = image;
  const container = format === 'qcow2' ? 'bare' : format;
  const body = { name, disk_format: format, container_format: container, ...properties };
  const made = await api.expect(201, 'image', 'POST', '/v2/images', { body });
  const answer = await fetch(api.url('image', `/v2/images/${String(made['id'])}/file`), {
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream', 'x-auth-token': api.token },
    body: readFileSync(file),
  });
  assert.equal(answer.status, 204);
  return String(made['id']);
}

/** The processes that name a directory: those of QEMU whose guests lie below it, or of another `program`. */
export function processesOf(directory: string, program = /^(\S*\/)?qemu-system/): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return program.test(words) && words.includes(directory);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Writes a line to a guest's serial console and waits for its answer. */
export function serialLine(path: string, line: string, answer: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let text = '';
    socket.setTimeout(60_000, () => socket.destroy(new Error(`no answer: ${text}`)));
    socket.on('data', (chunk) => {
      text += String(chunk);
      if (!answer.test(text)) return;
      resolve(text);
      socket.destroy();
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error(`closed: ${text}`)));
    socket.write(line);
  });
}

export function killEverything(stack: Stack): void {
  const server = stack.programs.get('server');
  if (server === undefined) return;
  const children = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8').trim();
  server.signal('SIGKILL');
  for (const child of children.split(' ').filter((pid) => pid !== '')) process.kill(Number(child), 'SIGKILL');
}
