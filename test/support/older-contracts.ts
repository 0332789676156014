// Given to a program as `--import`: it speaks version 1.0 of every contract, as a program of the release before does. Its
// server refuses calls of later versions and answers with objects of 1.0; its client asks in 1.0.
import { register } from 'node:module';

const hook = `
const changes = new Map([
  ['/libs/messaging/src/contract/contract.js', [
    [/const version = contract\\.version \\?\\? '1\\.0';/, "const version = '1.0';"],
    [/since !== undefined && !isCompatible\\(version, since\\)/, 'false'],
  ]],
  ['/libs/messaging/src/server/request-runner.js', [[/backport !== null && request\\.version !== contract\\.version/, 'backport !== null']]],
]);
export async function load(url, context, next) {
  const loaded = await next(url, context);
  const found = [...changes].find(([file]) => url.endsWith(file));
  if (found === undefined) return loaded;
  let source = String(loaded.source);
  for (const [pattern, text] of found[1]) {
    if (!pattern.test(source)) throw new Error('older-contracts: ' + found[0] + ' has no ' + pattern);
    source = source.replace(pattern, text);
  }
  return { ...loaded, source };
}
`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
