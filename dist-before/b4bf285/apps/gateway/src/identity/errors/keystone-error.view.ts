import { STATUS_CODES } from 'node:http';

/** keystone's error body, which keystonemiddleware uses too. */
export interface KeystoneErrorBody {
  readonly error: { readonly code: number; readonly message: string; readonly title: string };
}

export function keystoneErrorBody(status: number, message: string): KeystoneErrorBody {
  return { error: { code: status, message, title: STATUS_CODES[status] ?? 'Error' } };
}
