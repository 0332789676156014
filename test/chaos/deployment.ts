import { Pod } from './pod.js';

/** Some pods of one kind, changed as Kubernetes changes a Deployment with maxSurge 1 and maxUnavailable 0. */
export class Deployment {
  #pods: Pod[] = [];
  readonly #ending = new Set<Promise<void>>();
  /** What went wrong with pods that were told to end. */
  readonly faults: string[] = [];
  /** Pods that were told to end, and have. */
  ended = 0;
  /** Those that were told to end, have not yet, and may still get connections. */
  readonly #draining = new Set<Pod>();
  readonly #all: Pod[] = [];
  #serial = 0;

  /** @param createPod starts the program of a new pod. */
  constructor(
    readonly name: string,
    readonly createPod: (name: string) => Promise<Pod>,
  ) {}

  /** The pods that get new connections. */
  get endpoints(): readonly Pod[] {
    return [...this.#pods, ...this.#draining].filter((pod) => pod.isEndpoint);
  }

  /** Lines that any of its pods, ended or not, has logged with this in them; each with the pod's name. */
  linesWith(part: string): readonly string[] {
    return this.#all.flatMap(({ name, log }) =>
      log.split('\n').flatMap((line) => (line.includes(part) ? [`${name}: ${line}`] : [])),
    );
  }

  async #add(): Promise<Pod> {
    const pod = await this.createPod(`${this.name}-${(this.#serial += 1)}`);
    this.#pods.push(pod);
    this.#all.push(pod);
    await pod.untilReady();
    return pod;
  }

  #end(pod: Pod): void {
    this.#pods = this.#pods.filter((other) => other !== pod);
    this.#draining.add(pod);
    const ending = pod.terminate().then((fault) => {
      this.#draining.delete(pod);
      this.#ending.delete(ending);
      this.ended += 1;
      if (fault !== undefined) this.faults.push(fault);
    });
    this.#ending.add(ending);
  }

  /** Resolves when that many are ready. What is too much is told to end, the oldest first: the harder way. */
  async scale(replicas: number): Promise<void> {
    const missing = replicas - this.#pods.length;
    await Promise.all(Array.from({ length: Math.max(0, missing) }, () => this.#add()));
    for (const pod of this.#pods.slice(0, Math.max(0, -missing))) this.#end(pod);
  }

  /** One new pod, ready, then one old one is told to end; until all are new. */
  async restart(): Promise<void> {
    const before = this.#pods.slice();
    for (const old of before) {
      await this.#add();
      this.#end(old);
    }
  }

  /** Resolves when every pod that was told to end has ended. */
  async settled(): Promise<void> {
    while (this.#ending.size > 0) await Promise.all(this.#ending);
  }

  async stop(): Promise<void> {
    await this.scale(0);
    await this.settled();
  }
}
