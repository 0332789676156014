import type { ConsoleName } from '../console-programs.js';

const STYLE = `
html, body { margin: 0; height: 100%; background: #10121a; color: #dee2e8; font: 14px/1.4 system-ui, sans-serif; }
body { display: flex; flex-direction: column; }
header { display: flex; gap: 1em; align-items: center; padding: 6px 12px; background: #264678; }
header output { flex: 1; }
header button { font: inherit; }
main { flex: 1; min-height: 0; }`;

function page(title: string, head: string, script: string, tools = ''): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${STYLE}</style>
${head}</head>
<body>
<header><output id="status" role="status">Connecting…</output>${tools}</header>
<main id="screen"></main>
<script type="module" src="${script}"></script>
</body>
</html>
`;
}

/** The address of the WebSocket: that of the page, with the token at its place in nova's URLs. */
const ADDRESS = `
const status = document.getElementById('status');
const here = new URL(location.href);
const path = here.searchParams.get('path') ?? '';
const token = here.searchParams.get('token');
const target = new URL(path, here.origin + here.pathname.replace(/[^/]*$/, ''));
if (token !== null) target.searchParams.set('token', token);
target.protocol = here.protocol === 'https:' ? 'wss:' : 'ws:';
`;

const VNC_SCRIPT = `
import RFB from './novnc/core/rfb.js';
${ADDRESS}
const rfb = new RFB(document.getElementById('screen'), target.href, { shared: true });
rfb.scaleViewport = true;
rfb.background = 'transparent';
let name = 'the console';
rfb.addEventListener('connect', () => { status.textContent = 'Connected to ' + name; rfb.focus(); });
rfb.addEventListener('desktopname', (event) => {
  name = event.detail.name;
  document.title = name;
  status.textContent = 'Connected to ' + name;
});
rfb.addEventListener('disconnect', (event) => {
  status.textContent = event.detail.clean ? 'Disconnected' : 'The connection was closed. Is the token still valid?';
});
rfb.addEventListener('securityfailure', (event) => { status.textContent = event.detail.reason ?? 'Refused'; });
document.getElementById('keys').addEventListener('click', () => { rfb.sendCtrlAltDel(); rfb.focus(); });
`;

const SERIAL_SCRIPT = `
import { Terminal } from './xterm/lib/xterm.mjs';
import { FitAddon } from './fit/lib/addon-fit.mjs';
${ADDRESS}
const terminal = new Terminal({ cursorBlink: true, scrollback: 5000, theme: { background: '#10121a' } });
const fit = new FitAddon();
terminal.loadAddon(fit);
terminal.open(document.getElementById('screen'));
fit.fit();
addEventListener('resize', () => fit.fit());
const socket = new WebSocket(target, ['binary']);
socket.binaryType = 'arraybuffer';
const encoder = new TextEncoder();
socket.addEventListener('open', () => { status.textContent = 'Connected'; terminal.focus(); });
socket.addEventListener('message', ({ data }) => terminal.write(typeof data === 'string' ? data : new Uint8Array(data)));
socket.addEventListener('close', ({ reason }) => { status.textContent = reason === '' ? 'The connection was closed. Is the token still valid?' : reason; });
terminal.onData((data) => { if (socket.readyState === WebSocket.OPEN) socket.send(encoder.encode(data)); });
terminal.onBinary((data) => {
  if (socket.readyState === WebSocket.OPEN) socket.send(Uint8Array.from(data, (character) => character.charCodeAt(0)));
});
`;

const VNC_PAGE = page('noVNC', '', './console.js', '<button id="keys" type="button">Ctrl+Alt+Del</button>');
const SERIAL_PAGE = page('Serial console', '<link rel="stylesheet" href="./xterm/css/xterm.css">\n', './console.js');

/**
 * The pages of each console program, by their paths. noVNC's own pages have the same names, so that nova's URLs fit.
 */
export const PAGES: Readonly<Record<ConsoleName, Readonly<Record<string, string>>>> = {
  novncproxy: {
    '/': VNC_PAGE,
    '/vnc.html': VNC_PAGE,
    '/vnc_auto.html': VNC_PAGE,
    '/vnc_lite.html': VNC_PAGE,
    '/console.js': VNC_SCRIPT,
  },
  serialproxy: { '/': SERIAL_PAGE, '/serial.html': SERIAL_PAGE, '/console.js': SERIAL_SCRIPT },
  // The pages of spice-html5, which distributions package: see [DEFAULT] web.
  spicehtml5proxy: {},
};
