/** `\.` and its kin: punctuation that stands for itself. */
const ESCAPED = /^[!-/:-@[-`{-~]$/;
/** ASCII without what means something in a regular expression: other letters fold case by the database's locale. */
const LITERAL = /^[\w \-!"#%&',/:;<=>@`~]$/;

/**
 * A regular expression as a pattern of SQL's LIKE (escaped by `\`), or null for one that says more than texts, dots,
 * an anchor and a `.*` at either end can. Most of those that people ask for are so plain, and LIKE costs next to nothing.
 */
export function likePattern(pattern: string): string | null {
  let rest = pattern;
  let isOpenBefore = true;
  let isOpenAfter = true;
  if (rest.startsWith('^')) {
    isOpenBefore = false;
    rest = rest.slice(1);
  }
  // An escaped dollar is a dollar.
  const trailing = /(\\*)\$$/.exec(rest)?.[1]?.length;
  if (trailing !== undefined && trailing % 2 === 0) {
    isOpenAfter = false;
    rest = rest.slice(0, -1);
  }
  if (rest.startsWith('.*')) {
    isOpenBefore = true;
    rest = rest.slice(2);
  }
  if (/(^|[^\\])\.\*$/.test(rest)) {
    isOpenAfter = true;
    rest = rest.slice(0, -2);
  }
  const text = likeText(rest);
  return text === null ? null : `${isOpenBefore ? '%' : ''}${text}${isOpenAfter ? '%' : ''}`;
}

function likeText(pattern: string): string | null {
  let text = '';
  for (let at = 0; at < pattern.length; at += 1) {
    let character = pattern.charAt(at);
    if (character === '.') {
      text += '_';
      continue;
    }
    if (character === '\\') {
      at += 1;
      character = pattern.charAt(at);
      if (!ESCAPED.test(character)) return null;
    } else if (!LITERAL.test(character)) return null;
    text += ['%', '_', '\\'].includes(character) ? `\\${character}` : character;
  }
  return text;
}
