/** `*` is anything without a slash, `**` anything, `{a,b}` one of these; the rest stands for itself. */
export function globPattern(glob: string): RegExp {
  const parts = glob.split(/(\*\*|\*|\{[^{}]*\})/).map((part) => {
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part.startsWith('{') && part.endsWith('}')) return `(?:${part.slice(1, -1).split(',').map(literal).join('|')})`;
    return literal(part);
  });
  return new RegExp(`^${parts.join('')}$`, 's');
}

function literal(text: string): string {
  return text.replaceAll(/[.+?^${}()|[\]\\*]/g, String.raw`\$&`);
}
