import type { GuestDescription } from '../drivers/virt-driver.js';
import { instanceName } from '../instances/instance-name.js';
import type { InstanceRow } from '../instances/instance-row.js';

/** The driver's description of a server; `host` is the host where it is, or was to be. */
export function guestOf(instance: InstanceRow, host: string, nameTemplate: string): GuestDescription {
  return {
    id: instance.id,
    instanceName: instanceName(nameTemplate, instance),
    displayName: instance.name,
    hostname: instance.hostname,
    host,
    imageRef: instance.image_ref,
    flavor: instance.flavor,
    configDrive: instance.config_drive,
    userData: instance.user_data,
    publicKey: instance.public_key,
    imageProperties: instance.image_properties,
  };
}
