import type { Contract } from '../contract/contract.js';
import { isCompatible } from '../contract/version.js';
import type { TransportCore } from '../transport/transport-core.js';

/** Which versions may be sent to a topic: nova's `version_cap`, from the option or from the running servers. */
export class VersionCap {
  constructor(
    readonly core: TransportCore,
    readonly contract: Contract,
    readonly exchange: string,
    /** Takes precedence over everything else. */
    readonly given: string | undefined,
  ) {}

  /** True when the cap depends on the servers' versions and these are not known yet. */
  get mustAsk(): boolean {
    return this.#isAuto && !this.core.versions.isKnown(this.exchange, this.contract.topic);
  }

  ask(): Promise<void> {
    return this.core.versions.ask(this.exchange, this.contract.topic);
  }

  /** No higher version may be sent. */
  get value(): string {
    const { topic, namespace, version } = this.contract;
    if (this.given !== undefined) return this.given;
    const level = this.core.settings.upgradeLevels[topic];
    if (level === undefined) return version;
    if (!this.#isAuto) return level;
    return this.core.versions.lowest(this.exchange, topic, namespace) ?? version;
  }

  /**
   * The version that a message asks for by default: the contract's version, or the upgrade level where that is lower. A
   * cap that the program itself sets can only refuse a message, as in oslo.
   */
  get usual(): string {
    if (this.given !== undefined) return this.contract.version;
    const { value } = this;
    return isCompatible(this.contract.version, value) ? value : this.contract.version;
  }

  /** True when asking again may help: a server turned out to be older than expected. */
  get canLearn(): boolean {
    return this.#isAuto;
  }

  get #isAuto(): boolean {
    return this.given === undefined && this.core.settings.upgradeLevels[this.contract.topic] === 'auto';
  }
}
