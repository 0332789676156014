import { ControlOptions } from '#libs/options';
import type { ApiName, Configuration } from '#libs/options';
import type { ProcessLauncher } from '#libs/launcher';
import { onlookerMark } from '#libs/simulation';
import { schemeOf } from '../clouds-yaml.js';
import { CONTROL } from '../control/describe-control.js';
import type { FindService } from './ui-pages.js';

/** The page's names of APIs. */
const APIS: Readonly<Record<string, ApiName>> = {
  identity: 'identity',
  compute: 'osapi_compute',
  network: 'network',
  image: 'image',
};

/** Finds what this program serves. */
export function findService(config: Configuration, launcher: Pick<ProcessLauncher, 'address'>): FindService {
  return (name) => {
    const api = Object.hasOwn(APIS, name) ? APIS[name] : undefined;
    const address = launcher.address(name === 'control' ? CONTROL : (api ?? ''));
    if (address === undefined) return undefined;
    const { token } = config.get(ControlOptions);
    const tls = api !== undefined && schemeOf(api, config) === 'https';
    return { ...address, tls, mark: token === undefined ? undefined : onlookerMark(token) };
  };
}
