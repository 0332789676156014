import { MessagingError } from '../errors.js';

/** What a timer of Node can wait at most; a longer one, Infinity too, would fire at once. */
const longestMs = 2 ** 31 - 1;

/** Rejects with BrokerUnavailable when the broker has not done its part in time; Infinity waits for ever. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const text = `the message broker did not answer within ${Math.round(ms)} ms`;
    timer = setTimeout(
      () => reject(new MessagingError('BrokerUnavailable', text)),
      Math.min(Math.max(0, ms), longestMs),
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Tells each time that the broker has let so many milliseconds pass without doing its part. */
export async function tellingWhenLate<T>(ms: number, onLate: () => void, work: Promise<T>): Promise<T> {
  const timer = setInterval(onLate, ms).unref();
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
