import { CloudError, EXIT } from './cloud.errors.js';
import { InstanceFolder } from './instance/instance-record.js';
import type { InstanceRecord } from './instance/instance-record.js';
import type { Surroundings } from './surroundings.js';

interface ErrorBody {
  readonly error: {
    readonly message: string;
    readonly faults: readonly { readonly file: string; readonly line?: number; readonly message: string }[];
  };
}

/**
 * Sends requests to the control port of a cloud: one by name on this machine, or that of ALBIREO_CONTROL_URL and
 * _TOKEN.
 */
export class ControlClient {
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  /** `name` has precedence over the variables. Throws CloudError when there is no such cloud. */
  static find(name: string | undefined, surroundings: Surroundings): ControlClient {
    const record = ControlClient.recordOf(name, surroundings);
    if (record !== undefined) return new ControlClient(record.controlUrl, record.token);
    const { ALBIREO_CONTROL_URL: url = '', ALBIREO_CONTROL_TOKEN: token = '' } = surroundings.environment;
    return new ControlClient(url, token);
  }

  /** The cloud of this machine that `find` takes; undefined if the variables name it. */
  static recordOf(name: string | undefined, { environment }: Surroundings): InstanceRecord | undefined {
    const { ALBIREO_CONTROL_URL: url = '' } = environment;
    return name === undefined && url !== '' ? undefined : new InstanceFolder(environment).require(name ?? 'default');
  }

  /** The response as text: JSON, YAML, or empty. Throws CloudError with all faults that the cloud found. */
  async send(method: string, path: string, body?: string | object): Promise<string> {
    const isText = typeof body === 'string';
    let response: Response;
    try {
      response = await fetch(`${this.#url}/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${this.#token}`,
          ...(body !== undefined && { 'content-type': isText ? 'application/yaml' : 'application/json' }),
        },
        ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
      });
    } catch (error) {
      const { cause } = error as Error;
      const reason = cause instanceof Error ? cause.message : String(error);
      throw new CloudError(`the control port ${this.#url} does not answer: ${reason}`, EXIT.notRunning);
    }
    const text = await response.text();
    if (!response.ok) throw refusal(response.status, text);
    return text;
  }
}

function refusal(status: number, text: string): CloudError {
  let body: ErrorBody;
  try {
    body = JSON.parse(text) as ErrorBody;
  } catch {
    return new CloudError(`the control port answered ${status}: ${text.slice(0, 200)}`);
  }
  const lines = body.error.faults.map(({ file, line, message }) => {
    return line === undefined ? `${file}: ${message}` : `${file}:${line}: ${message}`;
  });
  return new CloudError([body.error.message, ...lines].join('\n'));
}
