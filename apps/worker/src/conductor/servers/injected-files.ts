import { ExpectedError } from '#libs/contracts';
import type { InjectedFile } from '#libs/contracts';
import type { Amounts } from '../../quota/quota-resources.js';

/** The files of a create (`personality`) within their quotas: how many, how long their names, how much. Error: QuotaExceeded. */
export function requireFilesQuota(limits: Amounts<'compute'>, files: readonly InjectedFile[]): void {
  if (files.length === 0) return;
  const longest = Math.max(...files.map(({ path }) => Buffer.byteLength(path)));
  const largest = Math.max(...files.map(({ contents }) => Buffer.byteLength(contents, 'base64')));
  const {
    injected_files: count,
    injected_file_path_bytes: pathBytes,
    injected_file_content_bytes: contentBytes,
  } = limits;
  const over = (limit: number, value: number): boolean => limit >= 0 && value > limit;
  if (over(count, files.length)) throw exceeded('Personality file limit exceeded', 'injected_files');
  if (over(pathBytes, longest)) {
    throw exceeded(`Personality file path exceeds maximum ${pathBytes}`, 'injected_file_path_bytes');
  }
  if (over(contentBytes, largest)) {
    throw exceeded(`Personality file content exceeds maximum ${contentBytes}`, 'injected_file_content_bytes');
  }
}

function exceeded(text: string, resource: string): ExpectedError {
  return new ExpectedError('QuotaExceeded', text, { overs: [resource] });
}
