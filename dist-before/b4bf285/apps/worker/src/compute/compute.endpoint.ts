import { computeContract } from '#libs/contracts';
import type { InstanceArgs, RebootInstanceArgs } from '#libs/contracts';
import { RpcEndpoint, RpcMethod } from '#libs/messaging';
import type { Delivery } from '#libs/messaging';
import type { RequestContext } from '#libs/telemetry';
import { BuildManager } from './build-manager.js';
import { PowerManager } from './power-manager.js';

/** What other workers ask of this compute host. */
@RpcEndpoint(computeContract)
export class ComputeEndpoint {
  constructor(
    private readonly builds: BuildManager,
    private readonly power: PowerManager,
  ) {}

  @RpcMethod('build_and_run_instance')
  build(_context: RequestContext, args: InstanceArgs, delivery: Delivery): Promise<void> {
    return this.builds.build(args.instance_uuid, delivery);
  }

  @RpcMethod('start_instance')
  start(_context: RequestContext, args: InstanceArgs, delivery: Delivery): Promise<void> {
    return this.power.start(args.instance_uuid, delivery);
  }

  @RpcMethod('stop_instance')
  stop(_context: RequestContext, args: InstanceArgs, delivery: Delivery): Promise<void> {
    return this.power.stop(args.instance_uuid, delivery);
  }

  @RpcMethod('reboot_instance')
  reboot(_context: RequestContext, args: RebootInstanceArgs, delivery: Delivery): Promise<void> {
    return this.power.reboot(args.instance_uuid, args.reboot_type, delivery);
  }

  @RpcMethod('terminate_instance')
  terminate(_context: RequestContext, args: InstanceArgs, delivery: Delivery): Promise<void> {
    return this.power.terminate(args.instance_uuid, delivery);
  }
}
