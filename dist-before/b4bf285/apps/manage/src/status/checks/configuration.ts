import { formatFault } from '#libs/config';
import type { ConfigurationInspection } from '#libs/config';
import { failure, success, warning } from '../upgrade-check.js';
import type { CheckResult } from '../upgrade-check.js';

type Report = ReturnType<ConfigurationInspection['checkConfiguration']>;

/** Faults stop an upgrade: a program of this release would not start. Old names are taken for now. */
export function checkConfigurationFiles({ files, faults, warnings }: Report): CheckResult {
  if (faults.length > 0) return failure(faults.map((fault) => formatFault(fault)).join(' '));
  if (warnings.length > 0) return warning(warnings.join(' '));
  return success(files.length === 0 ? 'No files; defaults and environment only.' : null);
}
