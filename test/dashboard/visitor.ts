import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Browser } from '#testing/browser';
import type { BrowserEvent } from '#testing/browser';

/** What was wrong with one page; `trouble` is empty for a clean one. */
export interface Visit {
  readonly path: string;
  readonly trouble: readonly string[];
}

const ALERTS = `JSON.stringify([...document.querySelectorAll('.alert-danger, .alert-error')]
  .filter((one) => one.getClientRects().length > 0).map((one) => one.innerText.trim()).filter((text) => text !== ''))`;
const LINKS = `JSON.stringify([...document.querySelectorAll('a[href]')].map((one) => ({ href: one.href, form: one.classList.contains('ajax-modal') })))`;
const ACTIONS = `[...document.querySelectorAll('actions a, actions button, .actions-row a, .hz-resource-table-actions button')]
  .filter((one) => one.innerText.trim() !== '' && !one.classList.contains('dropdown-toggle'))`;
const FORM = `document.querySelector('.modal.in, .modal.fade.show')`;
const CLOSE = `document.querySelectorAll('.modal .cancel, .modal .close, .modal .modal-footer .btn-default').forEach((one) => one.click());
  window.jQuery('#modal_wrapper .modal').modal('hide');`;
/** A page is still when nothing was asked for so long. */
const STILL_MS = 300;

/** Somebody who is logged in to Horizon with a browser, and looks at what it shows. */
export class Visitor {
  readonly #browser: Browser;
  readonly #dashboard: string;
  /** Requests without an answer as yet, with the document that they are for. */
  readonly #open = new Map<unknown, unknown>();
  #answered: string[] = [];
  #changed = 0;
  /** Called while a form is open, for pictures. */
  opened: ((path: string) => Promise<void>) | undefined;

  private constructor(browser: Browser, dashboard: string) {
    this.#browser = browser;
    this.#dashboard = dashboard;
    browser.onEvent((event) => this.#see(event));
  }

  static async logIn(dashboard: string, user: string, password: string): Promise<Visitor> {
    const browser = await Browser.open('about:blank', '1400,1000');
    const visitor = new Visitor(browser, dashboard);
    try {
      await browser.send('Network.enable');
      await browser.send('Page.enable');
      await browser.send('Runtime.enable');
      await visitor.go('/auth/login/');
      await visitor.run(`const set = (id, value) => { const one = document.getElementById(id); if (one) one.value = value; };
        set('id_domain', 'Default'); set('id_username', ${JSON.stringify(user)}); set('id_password', ${JSON.stringify(password)});
        document.getElementById('loginBtn').click();`);
      await browser.until('location.pathname', /^\/(?!auth)/);
      await visitor.still();
    } catch (error) {
      await browser.close();
      throw error;
    }
    return visitor;
  }

  /** Follows a path and waits until the page asks for nothing more; answers what is wrong with it. */
  async go(path: string): Promise<Visit> {
    this.#answered = [];
    this.#open.clear();
    this.#changed = performance.now();
    await this.#browser.go(`${this.#dashboard}${path}`);
    await this.still();
    return { path, trouble: await this.trouble() };
  }

  /** What is wrong with the page as it is: answers that are errors, error boxes, exceptions of scripts. */
  async trouble(): Promise<string[]> {
    const boxes = JSON.parse(String(await this.#browser.evaluate(ALERTS))) as string[];
    return [...this.#answered, ...boxes];
  }

  /** Where the page leads to, and which of it opens as a form above it. */
  async links(): Promise<{ readonly path: string; readonly form: boolean }[]> {
    const all = JSON.parse(String(await this.#browser.evaluate(LINKS))) as { href: string; form: boolean }[];
    const own = all.filter(({ href }) => href.startsWith(`${this.#dashboard}/`));
    return own.map(({ href, form }) => ({ path: href.slice(this.#dashboard.length), form }));
  }

  /** Opens the form of a link of a page as a click does, and closes it. */
  async form(page: string, path: string): Promise<Visit> {
    const link = `document.querySelector(${JSON.stringify(`a.ajax-modal[href="${path}"]`)})`;
    // A form that was closed by loading the page anew, or a row that was, is another state of the page.
    if ((await this.#browser.evaluate(`${link} !== null`)) !== true) await this.go(page);
    return this.#pressed(path, `${link}.click()`);
  }

  /** Texts of the actions that Horizon's newer pages have as scripts in place of links. */
  async actions(): Promise<string[]> {
    return [
      ...new Set(
        JSON.parse(
          String(await this.#browser.evaluate(`JSON.stringify(${ACTIONS}.map((one) => one.innerText.trim()))`)),
        ) as string[],
      ),
    ];
  }

  /** Presses one of those and closes what it opens: a form, or a question that gets no answer. */
  action(page: string, text: string): Promise<Visit> {
    return this.#pressed(
      `${page} (${text})`,
      `${ACTIONS}.find((one) => one.innerText.trim() === ${JSON.stringify(text)}).click()`,
      false,
    );
  }

  async #pressed(path: string, press: string, mustOpen = true): Promise<Visit> {
    this.#answered = [];
    await this.run(`document.querySelectorAll('.alert').forEach((one) => one.remove()); ${press};`);
    await this.still();
    const opened = await this.#browser.evaluate(`${FORM} !== null`);
    const trouble = [...(await this.trouble()), ...(opened === true || !mustOpen ? [] : ['no form opened'])];
    await this.opened?.(path);
    await this.run(CLOSE);
    await this.still();
    if ((await this.#browser.evaluate(`${FORM} === null`)) !== true) await this.#reload();
    return { path, trouble };
  }

  /** For forms that have no button to close them. */
  async #reload(): Promise<void> {
    this.#open.clear();
    this.#changed = performance.now();
    await this.#browser.send('Page.reload');
    await this.still();
  }

  /** Statements in the page; rejects with an exception of theirs. */
  async run(statements: string): Promise<unknown> {
    const expression = `(async () => { ${statements} })()`;
    const answer = (await this.#browser.send('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    })) as { readonly result?: { readonly value?: unknown }; readonly exceptionDetails?: object };
    if (answer?.exceptionDetails !== undefined)
      throw new Error(`${statements}: ${JSON.stringify(answer.exceptionDetails)}`);
    return answer?.result?.value;
  }

  until(expression: string, wanted: RegExp, timeoutMs?: number): Promise<void> {
    return this.#browser.until(expression, wanted, timeoutMs);
  }

  async still(): Promise<void> {
    const end = performance.now() + 60_000;
    while (performance.now() < end) {
      const ready = await this.#browser.evaluate('document.readyState');
      const quiet = this.#open.size === 0 && performance.now() - this.#changed > STILL_MS;
      if (quiet && ready === 'complete') return;
      await sleep(30);
    }
    throw new Error(`the page goes on asking: ${[...this.#open.keys()].join(', ')}`);
  }

  async picture(folder: string | undefined, name: string): Promise<void> {
    if (folder !== undefined) writeFileSync(join(folder, `${name}.png`), await this.#browser.screenshot());
  }

  close(): Promise<void> {
    return this.#browser.close();
  }

  #see({ method, params }: BrowserEvent): void {
    const id = params['requestId'];
    if (method === 'Network.requestWillBeSent') this.#open.set(id, params['loaderId']);
    else if (method === 'Page.frameNavigated') {
      const { frame } = params as { frame: { readonly parentId?: string; readonly loaderId: string } };
      // What the page before this one still waited for gets no answer.
      if (frame.parentId === undefined) {
        for (const [open, loader] of this.#open) if (loader !== frame.loaderId) this.#open.delete(open);
      }
    } else if (method === 'Network.loadingFinished' || method === 'Network.loadingFailed') this.#open.delete(id);
    else if (method === 'Network.responseReceived') {
      const { status, url } = params['response'] as { readonly status: number; readonly url: string };
      if (status >= 400) this.#answered.push(`${status} of ${url.replace(this.#dashboard, '')}`);
      return;
    } else if (method === 'Runtime.exceptionThrown') {
      const { exceptionDetails } = params as {
        exceptionDetails?: { text?: string; exception?: { description?: string } };
      };
      this.#answered.push(`exception: ${exceptionDetails?.exception?.description ?? exceptionDetails?.text ?? ''}`);
      return;
    } else return;
    this.#changed = performance.now();
  }
}
