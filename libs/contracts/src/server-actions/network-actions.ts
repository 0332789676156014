import { IsString, MaxLength, MinLength } from 'class-validator';
import { actions } from './action.js';

export class ServerGroupNameBody {
  /** A group's name or id. */
  @IsString() @MinLength(1) @MaxLength(255) name!: string;
}

/** What is changed of a server's ports; as nova has it, whatever is being done to the server, and while it is locked. */
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
});
