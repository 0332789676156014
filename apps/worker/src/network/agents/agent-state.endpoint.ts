import { agentStateContract } from '#libs/contracts';
import type { AgentReportArgs } from '#libs/contracts';
import { RpcEndpoint, RpcMethod } from '#libs/messaging/nest';
import type { RequestContext } from '#libs/telemetry';
import { invalidInput } from '../network.errors.js';
import { agentCaller } from './agent-caller.js';
import { AgentReports } from './agent-reports.js';

/** Receives the state reports of neutron's agents. */
@RpcEndpoint(agentStateContract)
export class AgentStateEndpoint {
  constructor(private readonly reports: AgentReports) {}

  @RpcMethod('report_state')
  report(context: RequestContext, { agent_state: wrapped }: AgentReportArgs): Promise<'new' | 'alive' | 'revived'> {
    agentCaller(context);
    const state: unknown = wrapped['agent_state'];
    const read = (name: string): unknown =>
      typeof state === 'object' && state !== null ? Reflect.get(state, name) : '';
    const text = (name: string): string => {
      const value = read(name);
      if (typeof value === 'string' && value !== '' && value.length <= 255) return value;
      throw invalidInput(`${name} of an agent must be a text`);
    };
    const zone = read('availability_zone');
    const configurations = read('configurations');
    return this.reports.reportForeign(
      {
        agentType: text('agent_type'),
        host: text('host'),
        topic: text('topic'),
        binary: text('binary'),
        zone: typeof zone === 'string' ? zone : null,
        configurations: typeof configurations === 'object' && configurations !== null ? { ...configurations } : {},
      },
      read('start_flag') === true,
    );
  }

  @RpcMethod('has_alive_neutron_server')
  isAlive(): Promise<boolean> {
    return this.reports.isAlive();
  }
}
