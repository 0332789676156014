import type { OptionValue } from '../option-value.js';
import type { OptionType } from './option-type.js';
import { OptionTextError } from './option-type.js';
import { joinUntilValid } from './join-until-valid.js';

export interface ListConstraints {
  readonly itemType: OptionType;
  /** The text stands in square brackets. */
  readonly bounds?: boolean;
  readonly minLength?: number;
}

/** Values separated by commas. A piece that is not valid alone is joined with the next ones, as oslo.config does. */
export function listType({ itemType, bounds = false, minLength }: ListConstraints): OptionType {
  const least = minLength === undefined ? '' : `at least ${minLength} of `;
  return {
    name: `list of ${itemType.name}`,
    allowed: `${bounds ? 'in square brackets, ' : ''}a comma separated list, ${least}each ${itemType.allowed}`,
    parse(text) {
      let body = text.trim().replace(/,+$/, '');
      if (bounds) {
        if (!body.startsWith('[') || !body.endsWith(']')) throw new OptionTextError();
        body = body.slice(1, -1);
      }
      const items: OptionValue[] = [];
      if (body !== '') {
        joinUntilValid(body.split(','), (piece) => {
          try {
            const item = itemType.parse(piece.trim());
            if (item === undefined) throw new OptionTextError('an item is empty');
            items.push(item);
          } catch (error) {
            if (!(error instanceof OptionTextError)) throw error;
            throw new OptionTextError(error.detail ?? `"${piece.trim()}" is not ${itemType.allowed}`);
          }
        });
      }
      if (minLength !== undefined && items.length < minLength) throw new OptionTextError();
      return items;
    },
    format(value) {
      const body = Array.isArray(value) ? value.map((item: OptionValue) => itemType.format(item)).join(',') : '';
      return bounds ? `[${body}]` : body;
    },
    schema: () => ({
      type: 'array',
      items: itemType.schema(),
      ...(minLength !== undefined && { minItems: minLength }),
    }),
  };
}
