/** The permitted names are those of oslo.config's template: letters, digits, `_` and `.`. */
const reference = /\$(?:(\$)|([_a-z][._a-z0-9]*)|\{([_a-z][._a-z0-9]*)\})/gi;

/**
 * Replaces `$name`, `${name}` and `${group.name}` with the result of `lookup`; an unknown name stays as it is written.
 * `$$` and `\$` are a literal dollar.
 */
export function interpolate(text: string, lookup: (name: string) => string | undefined): string {
  if (!text.includes('$')) return text;
  return text
    .replaceAll(String.raw`\$`, '$$$$')
    .replace(reference, (whole, dollar: string | undefined, plain: string | undefined, braced: string | undefined) => {
      if (dollar !== undefined) return '$';
      return lookup(plain ?? braced ?? '') ?? whole;
    });
}
