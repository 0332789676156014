/** Parts of configuration files with a meaning for a parser, some of them more often than others. */
export const grammarPieces = Array.from('\n\n\r \t\f\v[]=:#;"\'$\\\u00a0\u2028éxy').concat([
  '\r\n',
  '  z\n',
  '[DEFAULT]\n',
  '[G]\n',
  'a = b\n',
  'b-c: d\n',
]);
