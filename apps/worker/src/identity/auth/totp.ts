import { createHmac, timingSafeEqual } from 'node:crypto';

const DIGITS = 6;
const PERIOD_SECONDS = 30;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * Whether a passcode is the one of now or of one of the windows before (RFC 6238: SHA-1, 6 digits, 30 s).
 *
 * @param secret base32, with or without padding; another text matches nothing
 * @param atMs milliseconds since 1970
 * @param previous keystone's `[totp] included_previous_windows`
 */
export function matchesPasscode(secret: string, passcode: string, atMs: number, previous = 1): boolean {
  const key = base32(secret);
  if (key === undefined || !/^\d{6}$/.test(passcode)) return false;
  const window = Math.floor(atMs / 1000 / PERIOD_SECONDS);
  const given = Buffer.from(passcode);
  // All of them are looked at, so that the time does not tell which one it was.
  const matches = Array.from({ length: previous + 1 }, (_none, back) =>
    timingSafeEqual(given, Buffer.from(passcodeOf(key, window - back))),
  );
  return matches.includes(true);
}

/** RFC 4226, 5.3. */
function passcodeOf(key: Buffer, counter: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(counter));
  const digest = createHmac('sha1', key).update(bytes).digest();
  const offset = (digest.at(-1) ?? 0) & 0x0f;
  const code = (digest.readUInt32BE(offset) & 0x7f_ff_ff_ff) % 10 ** DIGITS;
  return String(code).padStart(DIGITS, '0');
}

/** RFC 4648, 6; undefined for what is none. */
function base32(text: string): Buffer | undefined {
  const digits = text
    .replace(/=+$/, '')
    .split('')
    .map((digit) => BASE32.indexOf(digit));
  if (digits.length === 0 || digits.includes(-1)) return undefined;
  const bits = digits.map((digit) => digit.toString(2).padStart(5, '0')).join('');
  const bytes = bits.match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
}
