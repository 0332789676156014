import type { FlavorData, ServerData } from '#libs/contracts';

/** A flavor for specs. */
export function flavorData(changes: Partial<FlavorData> = {}): FlavorData {
  return {
    id: '1',
    name: 'm1.tiny',
    vcpus: 1,
    ram: 512,
    disk: 1,
    ephemeral: 0,
    swap: 0,
    rxtx_factor: 1,
    is_public: true,
    disabled: false,
    description: null,
    extra_specs: { 'hw:cpu_policy': 'shared' },
    ...changes,
  };
}

/** An ACTIVE server with one address, for specs. */
export function serverData(changes: Partial<ServerData> = {}): ServerData {
  return {
    id: '0b7c7b1e-8a0f-4a6e-9f0e-1d2c3b4a5f60',
    name: 'vm',
    description: 'a server',
    hostname: 'vm',
    project_id: 'c0ffee00c0ffee00c0ffee00c0ffee00',
    user_id: 'u1',
    vm_state: 'active',
    task_state: null,
    power_state: 1,
    progress: 0,
    host: 'h1',
    node: 'h1',
    instance_name: 'instance-00000001',
    availability_zone: 'nova',
    image_ref: '11111111-2222-4333-8444-555555555555',
    flavor: flavorData(),
    key_name: null,
    metadata: { role: 'db' },
    config_drive: false,
    user_data: null,
    access_ip_v4: '',
    access_ip_v6: '',
    locked: false,
    launch_index: 0,
    reservation_id: 'r-abc',
    root_device_name: '/dev/vda',
    security_groups: [],
    addresses: [
      {
        network_name: 'n1',
        network_id: 'net-1',
        port_id: 'port-1',
        addr: '10.0.0.5',
        version: 4,
        mac_address: 'fa:16:3e:00:00:01',
      },
    ],
    fault: null,
    created_at: '2026-11-21T20:49:56.123456Z',
    updated_at: '2026-11-21T20:50:01.000001Z',
    launched_at: '2026-11-21T20:50:00.5Z',
    terminated_at: null,
    ...changes,
  };
}
