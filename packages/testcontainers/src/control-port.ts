/** Variables that OpenStack's clients read, and where the control port is. */
export type Environment = Readonly<Record<string, string>>;

/** What the cloud refused, in its own words. */
export class CloudRefusal extends Error {
  override readonly name = 'CloudRefusal';

  constructor(
    /** Of HTTP. */
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

interface ErrorBody {
  readonly error?: {
    readonly message?: string;
    readonly faults?: readonly { readonly file: string; readonly line?: number; readonly message: string }[];
  };
}

/** The control port of a cloud. */
export class ControlPort {
  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  /** The parsed answer, null without one. Throws CloudRefusal, and what `signal` is aborted with. */
  async ask(method: string, path: string, body?: string | object, signal?: AbortSignal): Promise<unknown> {
    const response = await fetch(`${this.url}/v1${path}`, {
      method,
      ...(signal !== undefined && { signal }),
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body !== undefined && {
          'content-type': typeof body === 'string' ? 'application/yaml' : 'application/json',
        }),
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new CloudRefusal(response.status, wordsOf(text));
    return text === '' ? null : (JSON.parse(text) as unknown);
  }
}

function wordsOf(text: string): string {
  try {
    const { error } = JSON.parse(text) as ErrorBody;
    const faults = (error?.faults ?? []).map(({ file, line, message }) =>
      [file, ...(line === undefined ? [] : [line]), ` ${message}`].join(':'),
    );
    return [error?.message ?? text, ...faults].join('\n');
  } catch {
    return text;
  }
}
