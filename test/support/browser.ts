import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Where a Chromium is installed, if one is. */
export const browserFile = PLACES.find((file) => existsSync(file));

/** What the browser tells by itself: `Network.responseReceived` and its like, where that domain is enabled. */
export interface BrowserEvent {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** A page in a Chromium without a window, spoken to by the DevTools protocol. */
export class Browser {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (answer: { readonly result?: unknown }) => void>();
  readonly #listeners: ((event: BrowserEvent) => void)[] = [];
  #last = 0;

  private constructor(child: ChildProcess, folder: string, socket: WebSocket) {
    this.#child = child;
    this.#folder = folder;
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      const answer = JSON.parse(data.toString()) as BrowserEvent & { readonly id?: number; readonly result?: unknown };
      if (answer.id === undefined) for (const listener of this.#listeners) listener(answer);
      this.#waiting.get(answer.id ?? 0)?.(answer);
      this.#waiting.delete(answer.id ?? 0);
    });
  }

  static async open(url: string, size = '900,600'): Promise<Browser> {
    const folder = await mkdtemp(join(tmpdir(), 'albireo-browser-'));
    const flags = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--remote-debugging-port=0',
    ];
    const child = spawn(browserFile ?? '', [...flags, `--user-data-dir=${folder}`, `--window-size=${size}`, url], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const port = await new Promise<string>((resolve, reject) => {
      let text = '';
      child.stderr?.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        const match = /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)\//.exec(text);
        if (match?.[1] !== undefined) resolve(match[1]);
      });
      child.once('exit', () => reject(new Error(`the browser ended:\n${text}`)));
    });
    const socket = new WebSocket(await pageAddress(port));
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return new Browser(child, folder, socket);
  }

  async send(method: string, params: object = {}): Promise<unknown> {
    this.#last += 1;
    const id = this.#last;
    const answer = new Promise<{ readonly result?: unknown }>((resolve) => this.#waiting.set(id, resolve));
    this.#socket.send(JSON.stringify({ id, method, params }));
    return (await answer).result;
  }

  onEvent(listener: (event: BrowserEvent) => void): void {
    this.#listeners.push(listener);
  }

  async evaluate(expression: string): Promise<unknown> {
    const answer = (await this.send('Runtime.evaluate', { expression, returnByValue: true })) as {
      readonly result?: { readonly value?: unknown };
    };
    return answer.result?.value;
  }

  /** Until an expression is what is wanted; rejects with what it was at last. */
  async until(expression: string, wanted: RegExp, timeoutMs = 30_000): Promise<void> {
    const end = performance.now() + timeoutMs;
    let value = '';
    while (performance.now() < end) {
      value = String(await this.evaluate(expression));
      if (wanted.test(value)) return;
      await sleep(50);
    }
    throw new Error(`${expression}: ${JSON.stringify(value)}, expected ${String(wanted)}`);
  }

  async go(url: string): Promise<void> {
    await this.send('Page.navigate', { url });
  }

  async screenshot(): Promise<Buffer> {
    const { data } = (await this.send('Page.captureScreenshot')) as { readonly data: string };
    return Buffer.from(data, 'base64');
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#socket.close();
    this.#child.kill('SIGKILL');
    await ended;
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function pageAddress(port: string): Promise<string> {
  for (let tries = 0; tries < 200; tries += 1) {
    const pages = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
      readonly type: string;
      readonly webSocketDebuggerUrl: string;
    }[];
    const found = pages.find(({ type }) => type === 'page');
    if (found !== undefined) return found.webSocketDebuggerUrl;
    await sleep(50);
  }
  throw new Error('the browser has no page');
}
