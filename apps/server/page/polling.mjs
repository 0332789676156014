import { h } from './dom.mjs';

/**
 * Does something again and again until it is ended, and shows why when it fails. A round that is under way when the part
 * is left changes nothing any more.
 */
export function every(ms, place, round) {
  let over = false;
  let timer;
  const error = h('p', { class: 'error' });
  place.append(error);
  const run = async () => {
    clearTimeout(timer);
    try {
      await round(() => over);
      error.textContent = '';
    } catch (thrown) {
      error.textContent = thrown.message;
    }
    if (!over) timer = setTimeout(() => void run(), ms);
  };
  void run();
  return {
    now: run,
    end: () => {
      over = true;
      clearTimeout(timer);
    },
  };
}

/** A button that works while it is disabled, and then tells. */
export function doing(title, { done, error, ...props }, work) {
  const click = async (event) => {
    const button = event.currentTarget;
    button.disabled = true;
    try {
      await work();
      error.textContent = '';
    } catch (thrown) {
      error.textContent = thrown.message;
    }
    button.disabled = false;
    await done();
  };
  return h('button', { ...props, type: 'button', click }, title);
}
