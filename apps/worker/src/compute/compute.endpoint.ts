import { ConsoleConnection, ConsoleOutput, computeContract } from '#libs/contracts';
import type {
  ActOnInstanceArgs,
  ConsoleConnectArgs,
  ConsoleConnectionData,
  ConsoleOutputArgs,
  ConsoleOutputData,
  InstanceArgs,
  RebootInstanceArgs,
  VersionedObject,
} from '#libs/contracts';
import { RpcEndpoint, RpcMethod } from '#libs/messaging/nest';
import type { Delivery } from '#libs/messaging';
import type { RequestContext } from '#libs/telemetry';
import { BuildManager } from './build-manager.js';
import { ComputeHost } from './compute-host.js';
import { ConsolePlaces } from './console-places.js';
import { HostActions } from './host-actions.js';

/** The RPC methods that other workers call on this compute host. */
@RpcEndpoint(computeContract)
export class ComputeEndpoint {
  constructor(
    private readonly builds: BuildManager,
    private readonly actions: HostActions,
    private readonly consoles: ConsolePlaces,
    private readonly host: ComputeHost,
  ) {}

  @RpcMethod('build_and_run_instance')
  build(context: RequestContext, args: InstanceArgs, delivery: Delivery): Promise<void> {
    return this.builds.build(context, args.instance_uuid, delivery);
  }

  @RpcMethod('start_instance')
  start(context: RequestContext, args: InstanceArgs, delivery: Delivery): Promise<void> {
    return this.actions.run(context, 'start', args.instance_uuid, delivery);
  }

  @RpcMethod('stop_instance')
  stop(context: RequestContext, args: InstanceArgs, delivery: Delivery): Promise<void> {
    return this.actions.run(context, 'stop', args.instance_uuid, delivery);
  }

  /** The server's task says which kind of reboot it is. */
  @RpcMethod('reboot_instance')
  reboot(context: RequestContext, args: RebootInstanceArgs, delivery: Delivery): Promise<void> {
    return this.actions.run(context, 'reboot', args.instance_uuid, delivery);
  }

  @RpcMethod('act_on_instance')
  act(context: RequestContext, args: ActOnInstanceArgs, delivery: Delivery): Promise<void> {
    return this.actions.run(context, args.step, args.instance_uuid, delivery);
  }

  @RpcMethod('get_console_output')
  async console(_context: RequestContext, args: ConsoleOutputArgs): Promise<VersionedObject<ConsoleOutputData>> {
    return ConsoleOutput.wrap({ output: await this.actions.consoleOutput(args.instance_uuid, args.length) });
  }

  @RpcMethod('get_console')
  async findConsole(
    _context: RequestContext,
    args: ConsoleConnectArgs,
  ): Promise<VersionedObject<ConsoleConnectionData>> {
    return ConsoleConnection.wrap(await this.consoles.find(args));
  }

  @RpcMethod('networks_changed')
  async networksChanged(): Promise<void> {
    this.host.networksChanged();
  }

  @RpcMethod('terminate_instance')
  terminate(context: RequestContext, args: InstanceArgs, delivery: Delivery): Promise<void> {
    return this.actions.terminate(context, args.instance_uuid, delivery);
  }
}
