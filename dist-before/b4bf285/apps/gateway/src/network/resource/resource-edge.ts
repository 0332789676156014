import { Inject, Injectable } from '@nestjs/common';
import { Edge } from '../../edge/edge.js';
import type { GatewaySettings } from '../../edge/settings.js';
import { NetworkPolicy } from './network-policy.js';
import { Presenter } from './presenter.js';

/** What every controller of a resource works with. */
@Injectable()
export class ResourceEdge {
  constructor(
    @Inject(Edge) private readonly edge: Edge,
    @Inject(NetworkPolicy) readonly policy: NetworkPolicy,
    @Inject(Presenter) readonly presenter: Presenter,
  ) {}

  /** As they are now: a reload changes them. */
  get settings(): GatewaySettings {
    return this.edge.settings;
  }
}
