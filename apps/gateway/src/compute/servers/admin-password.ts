import { randomInt } from 'node:crypto';

/** nova.utils.generate_password: without letters and digits that look alike. */
const GROUPS = ['23456789', 'ABCDEFGHJKLMNPQRSTUVWXYZ', 'abcdefghijkmnopqrstuvwxyz'] as const;
const LENGTH = 12;

const pick = (letters: string): string => letters.charAt(randomInt(letters.length));

/** A password of 12 characters, at least one of each group, in random order. */
export function generatePassword(): string {
  const letters = [...GROUPS.map(pick), ...Array.from({ length: LENGTH - GROUPS.length }, () => pick(GROUPS.join('')))];
  for (let last = letters.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    [letters[last], letters[other]] = [letters[other] ?? '', letters[last] ?? ''];
  }
  return letters.join('');
}
