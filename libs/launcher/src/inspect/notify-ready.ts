import { spawn } from 'node:child_process';
import { getLogger } from '#libs/telemetry';

const log = getLogger('albireo.launcher');

/**
 * Sends `READY=1` to systemd when `NOTIFY_SOCKET` is set, as oslo.service does in `wait()`. Node has no Unix datagram
 * sockets: systemd's own program sends it, so the unit needs `NotifyAccess=all`.
 */
export function notifyReady(): void {
  if ((process.env['NOTIFY_SOCKET'] ?? '') === '') return;
  const child = spawn('systemd-notify', ['READY=1'], { stdio: 'ignore' });
  child.once('error', (error) => {
    log.warning(`NOTIFY_SOCKET is set, but READY=1 could not be sent: systemd-notify: ${error.message}`);
  });
  child.once('exit', (code, signal) => {
    if (code !== 0) log.warning(`NOTIFY_SOCKET is set, but systemd-notify ended with ${signal ?? code}`);
  });
}
