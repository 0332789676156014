import { OptionTextError } from './option-type.js';

/**
 * Hands the pieces of a comma separated text to `accept` one by one; a refused piece is joined with the following
 * one and tried again, since a list does not know whether its items may hold commas (oslo_config.types.List).
 */
export function joinUntilValid(pieces: readonly string[], accept: (piece: string) => void): void {
  for (let at = 0; at < pieces.length; at += 1) {
    let piece = pieces[at] ?? '';
    let firstError: OptionTextError | undefined;
    for (;;) {
      try {
        accept(piece);
        break;
      } catch (error) {
        if (!(error instanceof OptionTextError)) throw error;
        firstError ??= error;
        at += 1;
        const next = pieces[at];
        if (next === undefined) throw firstError;
        piece = `${piece},${next}`;
      }
    }
  }
}
