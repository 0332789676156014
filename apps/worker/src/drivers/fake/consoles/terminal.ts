import type { GuestDescription } from '../../virt-driver.js';
import { consoleText } from '../console-text.js';

const MAX_LINE = 1024;

/** The small system that a fake guest shows: its boot, and a prompt that answers input. */
export class Terminal {
  readonly #prompt: string;
  #lines: string[];
  #line = '';

  constructor({ hostname }: GuestDescription, text: string) {
    this.#prompt = `${hostname}:~$ `;
    const lines = text.split('\n');
    // Without the login prompt: access to the console is checked elsewhere.
    this.#lines = lines.slice(0, -1);
  }

  static of(guest: GuestDescription): Terminal {
    return new Terminal(guest, consoleText(guest));
  }

  /** All visible lines; the last one is being typed. */
  get lines(): readonly string[] {
    return [...this.#lines, `${this.#prompt}${this.#line}`];
  }

  /** Processes typed text and returns the reply of the serial line. */
  type(text: string): string {
    let echo = '';
    for (const character of text) echo += this.#key(character);
    return echo;
  }

  #key(character: string): string {
    if (character === '\r' || character === '\n') {
      const answer = this.#line.trim();
      this.#lines = [...this.#lines, `${this.#prompt}${this.#line}`, ...(answer === '' ? [] : [answer])].slice(-200);
      this.#line = '';
      return `\r\n${answer === '' ? '' : `${answer}\r\n`}${this.#prompt}`;
    }
    if (character === '\u007F' || character === '\b') {
      if (this.#line === '') return '';
      this.#line = this.#line.slice(0, -1);
      return '\b \b';
    }
    if (character < ' ' || this.#line.length >= MAX_LINE) return '';
    this.#line += character;
    return character;
  }
}
