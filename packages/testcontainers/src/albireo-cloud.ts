import { randomBytes } from 'node:crypto';
import { ControlPort } from './control-port.js';
import type { Environment } from './control-port.js';
import { startCommand } from './start-command.js';
import { startContainer } from './start-container.js';

export interface StartOptions {
  /** What the cloud begins with: a YAML file, or `devstack`. */
  readonly seed?: string;
  /** A YAML file of faults that happen from the start. */
  readonly faults?: string;
  /** Options as variables: `OS_DEFAULT__RECLAIM_INSTANCE_INTERVAL`. */
  readonly options?: Environment;
  /** How the command is called. @default ['albireo'] */
  readonly command?: readonly string[];
  /** An image with the program: then the cloud runs in a container. */
  readonly image?: string;
  /** What runs containers: docker, podman. @default 'docker' */
  readonly engine?: string;
  /** @default 60_000 */
  readonly timeoutMs?: number;
}

/** A fault that took effect. */
export interface FaultHit {
  readonly number: number;
  readonly at: string;
  readonly id: string;
  readonly border: string;
  readonly facts: object;
}

/** A cloud that has been started. */
export interface StartedCloud {
  readonly environment: Environment;
  stop(): Promise<void>;
}

/** A cloud with OpenStack's APIs, on free ports of this machine, with everything in memory. */
export class AlbireoCloud {
  readonly #started: StartedCloud;
  readonly #control: ControlPort;

  private constructor(started: StartedCloud) {
    this.#started = started;
    const { ALBIREO_CONTROL_URL: url = '', ALBIREO_CONTROL_TOKEN: token = '' } = started.environment;
    this.#control = new ControlPort(url, token);
  }

  /** Returns when the cloud is ready. Throws Error with the end of its output when it does not become so. */
  static async start(options: StartOptions = {}): Promise<AlbireoCloud> {
    return new AlbireoCloud(await (options.image === undefined ? startCommand(options) : startContainer(options)));
  }

  /** `OS_AUTH_URL`, `OS_USERNAME` and the like of the administrator; `ALBIREO_CONTROL_URL` and `_TOKEN`. */
  get environment(): Environment {
    return this.#started.environment;
  }

  /** A clouds.yaml with this cloud, as the administrator or as the user of `newProject`. */
  cloudsYaml(name = 'albireo', environment: Environment = this.environment): string {
    const text = (variable: string): string => JSON.stringify(environment[variable] ?? '');
    return [
      'clouds:',
      `  ${name}:`,
      '    auth:',
      `      auth_url: ${text('OS_AUTH_URL')}`,
      `      username: ${text('OS_USERNAME')}`,
      `      password: ${text('OS_PASSWORD')}`,
      `      project_name: ${text('OS_PROJECT_NAME')}`,
      `      user_domain_name: ${text('OS_USER_DOMAIN_NAME')}`,
      `      project_domain_name: ${text('OS_PROJECT_DOMAIN_NAME')}`,
      `    region_name: ${text('OS_REGION_NAME')}`,
      '',
    ].join('\n');
  }

  /** Remembers the state as it is. */
  async snapshot(name: string): Promise<void> {
    await this.#control.ask('POST', '/snapshots', { name });
  }

  /** Puts everything back as it was. */
  async restore(name: string): Promise<void> {
    await this.#control.ask('POST', `/snapshots/${encodeURIComponent(name)}/restore`);
  }

  async deleteSnapshot(name: string): Promise<void> {
    await this.#control.ask('DELETE', `/snapshots/${encodeURIComponent(name)}`);
  }

  /** Puts everything back as it was at the start, after the seed. */
  async reset(): Promise<void> {
    await this.#control.ask('POST', '/reset');
  }

  /** Rules, or a YAML text of them. Answers their ids. */
  async addFaults(rules: string | readonly object[]): Promise<readonly string[]> {
    const answer = await this.#control.ask('POST', '/faults', typeof rules === 'string' ? rules : { faults: rules });
    return (answer as { ids: readonly string[] }).ids;
  }

  /** A ready-made fault, as `flaky-create`. Answers the ids of its rules. */
  async scenario(name: string): Promise<readonly string[]> {
    const answer = await this.#control.ask('POST', `/fault-scenarios/${encodeURIComponent(name)}`);
    return (answer as { ids: readonly string[] }).ids;
  }

  async removeFault(id: string): Promise<void> {
    await this.#control.ask('DELETE', `/faults/${encodeURIComponent(id)}`);
  }

  async clearFaults(): Promise<void> {
    await this.#control.ask('DELETE', '/faults');
  }

  async faultLog(): Promise<readonly FaultHit[]> {
    return ((await this.#control.ask('GET', '/fault-log')) as { hits: readonly FaultHit[] }).hits;
  }

  /** Lets time pass: seconds, or a text as `2h`. */
  async advanceClock(by: number | string): Promise<void> {
    await this.#control.ask('POST', '/clock/advance', { by });
  }

  async resetClock(): Promise<void> {
    await this.#control.ask('POST', '/clock/reset');
  }

  /** A project with a network, a router and a user of its own: the variables of that user. */
  async newProject(name = `project-${randomBytes(4).toString('hex')}`): Promise<Environment> {
    const { environment } = (await this.#control.ask('POST', '/projects', { name })) as { environment: Environment };
    return { ...this.environment, ...environment };
  }

  /** Ends the cloud; its state is gone. */
  stop(): Promise<void> {
    return this.#started.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
