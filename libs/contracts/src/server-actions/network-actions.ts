import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIP,
  IsString,
  IsUUID,
  MaxLength,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { Nested } from '#libs/messaging';
import { IsTag, Optional } from '../compute/body-forms.js';
import { InVersions } from '../compute/version-bounds.js';
import type { VmState } from '../conductor/server-states.js';
import { actions } from './action.js';

export class ServerGroupNameBody {
  /** A group's name or id. */
  @IsString() @MinLength(1) @MaxLength(255) name!: string;
}

export class AddressBody {
  @IsIP() address!: string;
}

export class FloatingIpAddressBody extends AddressBody {
  /** The server's address to which it is associated. @default the first IPv4 address */
  @Optional() @IsIP() fixed_address?: string;
}

export class NetworkOfAddressBody {
  @IsString() @MinLength(1) @MaxLength(36) networkId!: string;
}

export class AttachedAddress {
  @IsIP() ip_address!: string;
}

/** A port, or a network (with an optional address) on which one is created; neither: the project's only network. */
export class InterfaceBody {
  @Optional() @IsUUID('all') net_id?: string;
  @Optional() @IsUUID('all') port_id?: string;
  @Optional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1)
  @ValidateNested({ each: true })
  @Nested(() => AttachedAddress)
  fixed_ips?: AttachedAddress[];
  @InVersions(49) @Optional() @IsTag() tag?: string;
}

export class InterfacePortBody {
  @IsString() @MaxLength(255) port_id!: string;
}

/** Among nova's proxies of the Network API, the actions are removed since 2.44. */
const LAST_ADDRESS_ACTIONS = 43;

const INTERFACE_STATES: readonly VmState[] = ['active', 'paused', 'stopped'];

/** Changes to a server's ports; as in nova, allowed during any task and on a locked server. */
export const networkActions = actions({
  add_security_group: {
    key: 'addSecurityGroup',
    rule: 'os_compute_api:os-security-groups:add',
    allowed: 'member',
    description: 'Add a security group to the ports of a server',
    body: ServerGroupNameBody,
    tasks: 'any',
    evenLocked: true,
  },
  remove_security_group: {
    key: 'removeSecurityGroup',
    rule: 'os_compute_api:os-security-groups:remove',
    allowed: 'member',
    description: 'Remove a security group from the ports of a server',
    body: ServerGroupNameBody,
    tasks: 'any',
    evenLocked: true,
  },
  attach_interface: {
    key: 'attach_interface',
    operation: 'POST /servers/{server_id}/os-interface',
    rule: 'os_compute_api:os-attach-interfaces:create',
    allowed: 'member',
    description: 'Attach a port to a server',
    body: InterfaceBody,
    from: INTERFACE_STATES,
    recorded: 'attach_interface',
    step: { event: 'interface_attach', record: 'compute_attach_interface' },
    answer: 'port',
  },
  detach_interface: {
    key: 'detach_interface',
    operation: 'DELETE /servers/{server_id}/os-interface/{port_id}',
    rule: 'os_compute_api:os-attach-interfaces:delete',
    allowed: 'member',
    description: 'Detach a port from a server',
    body: InterfacePortBody,
    from: INTERFACE_STATES,
    recorded: 'detach_interface',
    step: { event: 'interface_detach', record: 'compute_detach_interface' },
  },
  add_fixed_ip: {
    key: 'addFixedIp',
    rule: 'os_compute_api:os-multinic:add',
    allowed: 'member',
    description: 'Add a fixed IP address to a server',
    until: LAST_ADDRESS_ACTIONS,
    body: NetworkOfAddressBody,
    tasks: 'any',
  },
  remove_fixed_ip: {
    key: 'removeFixedIp',
    rule: 'os_compute_api:os-multinic:remove',
    allowed: 'member',
    description: 'Remove a fixed IP address from a server',
    until: LAST_ADDRESS_ACTIONS,
    body: AddressBody,
    tasks: 'any',
  },
  add_floating_ip: {
    key: 'addFloatingIp',
    rule: 'os_compute_api:os-floating-ips:add',
    allowed: 'member',
    description: 'Let a floating IP lead to a server',
    until: LAST_ADDRESS_ACTIONS,
    body: FloatingIpAddressBody,
    tasks: 'any',
    evenLocked: true,
  },
  remove_floating_ip: {
    key: 'removeFloatingIp',
    rule: 'os_compute_api:os-floating-ips:remove',
    allowed: 'member',
    description: 'Part a floating IP from a server',
    until: LAST_ADDRESS_ACTIONS,
    body: AddressBody,
    tasks: 'any',
    evenLocked: true,
  },
});
