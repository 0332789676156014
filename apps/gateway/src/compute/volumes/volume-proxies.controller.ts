import { Controller, Delete, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AnyToken, Authorize } from '../../edge/access/access.decorators.js';
import { Fault } from '../../edge/errors/fault.js';
import { lastOf, queryOf } from '../../edge/query/query.js';
import { ValidBody } from '../../edge/validation/valid-body.decorator.js';
import { Microversions } from '../versions/microversion.hooks.js';
import { noDevice, noVolume } from './no-volume.js';
import { AssistedSnapshotBody, SnapshotBody, VolumeBody } from './volume.dto.js';

/** nova's last microversion with proxies of other services. */
const LAST = 35;
const RULES = 'os_compute_api:os-volumes';

const noSnapshot = (id: string): Fault =>
  new Fault(404, `Snapshot ${id} could not be found.`, { code: 'SnapshotNotFound' });
const noService = (): Fault => new Fault(400, 'There is no volume service.', { code: 'InvalidInput' });
const noNode = (id: string): Fault => new Fault(404, `Node ${id} could not be found.`, { code: 'NodeNotFound' });

function ironic(command: string): Fault {
  const text = `Command not supported. Please use Ironic command ${command} to perform this action.`;
  return new Fault(400, text, { code: 'InvalidInput' });
}

/** nova's proxies of the volume service. There is none, so there are no volumes, and none can be found or created. */
@Controller('v2.1')
export class VolumeProxiesController {
  @Get('os-volumes')
  @Microversions(1, LAST)
  @Authorize(`${RULES}:list`)
  volumes(): unknown {
    return { volumes: [] };
  }

  @Get('os-volumes/detail')
  @Microversions(1, LAST)
  @Authorize(`${RULES}:detail`)
  volumesDetailed(): unknown {
    return { volumes: [] };
  }

  @Get('os-volumes/:volume')
  @Microversions(1, LAST)
  @Authorize(`${RULES}:show`)
  volume(@Param('volume') id: string): never {
    throw noVolume(id);
  }

  @Post('os-volumes')
  @Microversions(1, LAST)
  @Authorize(`${RULES}:create`)
  createVolume(@ValidBody(VolumeBody) { volume }: VolumeBody): never {
    throw volume.snapshot_id ? noSnapshot(volume.snapshot_id) : noService();
  }

  @Delete('os-volumes/:volume')
  @Microversions(1, LAST)
  @Authorize(`${RULES}:delete`)
  deleteVolume(@Param('volume') id: string): never {
    throw noVolume(id);
  }

  @Get('os-snapshots')
  @Microversions(1, LAST)
  @Authorize(`${RULES}:snapshots:list`)
  snapshots(): unknown {
    return { snapshots: [] };
  }

  @Get('os-snapshots/detail')
  @Microversions(1, LAST)
  @Authorize(`${RULES}:snapshots:detail`)
  snapshotsDetailed(): unknown {
    return { snapshots: [] };
  }

  @Get('os-snapshots/:snapshot')
  @Microversions(1, LAST)
  @Authorize(`${RULES}:snapshots:show`)
  snapshot(@Param('snapshot') id: string): never {
    throw noSnapshot(id);
  }

  @Post('os-snapshots')
  @Microversions(1, LAST)
  @Authorize(`${RULES}:snapshots:create`)
  createSnapshot(@ValidBody(SnapshotBody) { snapshot }: SnapshotBody): never {
    throw noVolume(snapshot.volume_id);
  }

  @Delete('os-snapshots/:snapshot')
  @Microversions(1, LAST)
  @Authorize(`${RULES}:snapshots:delete`)
  deleteSnapshot(@Param('snapshot') id: string): never {
    throw noSnapshot(id);
  }
}

/** The volume service's requests to nova for volumes that are files: no server has one. */
@Controller('v2.1/os-assisted-volume-snapshots')
export class AssistedSnapshotsController {
  @Post()
  @Authorize('os_compute_api:os-assisted-volume-snapshots:create')
  @HttpCode(200)
  create(@ValidBody(AssistedSnapshotBody) { snapshot }: AssistedSnapshotBody): never {
    throw noDevice(400, snapshot.volume_id);
  }

  @Delete(':snapshot')
  @Authorize('os_compute_api:os-assisted-volume-snapshots:delete')
  @HttpCode(204)
  remove(@Req() request: FastifyRequest): never {
    throw noDevice(400, volumeOf(lastOf(queryOf(request), 'delete_info')));
  }
}

/** Error: Fault 400. */
function volumeOf(text: string | undefined): string {
  const bad = (reason: string): Fault => new Fault(400, reason, { code: 'InvalidInput' });
  if (text === undefined) throw bad("'delete_info'");
  let info: unknown;
  try {
    info = JSON.parse(text);
  } catch {
    throw bad('delete_info is no JSON');
  }
  const volume = typeof info === 'object' && info !== null ? Reflect.get(info, 'volume_id') : undefined;
  if (typeof volume !== 'string') throw bad("'volume_id'");
  return volume;
}

/** nova's proxy of the bare metal service. There is none, so there are no nodes; nova never proxied changes. */
@Controller('v2.1/os-baremetal-nodes')
export class BaremetalNodesController {
  @Get()
  @Microversions(1, LAST)
  @Authorize('os_compute_api:os-baremetal-nodes:list')
  list(): unknown {
    return { nodes: [] };
  }

  @Get(':node')
  @Microversions(1, LAST)
  @Authorize('os_compute_api:os-baremetal-nodes:show')
  show(@Param('node') id: string): never {
    throw noNode(id);
  }

  @Post()
  @Microversions(1, LAST)
  @AnyToken()
  create(): never {
    throw ironic('node-create');
  }

  @Delete(':node')
  @Microversions(1, LAST)
  @AnyToken()
  remove(): never {
    throw ironic('node-delete');
  }

  @Post(':node/action')
  @Microversions(1, LAST)
  @AnyToken()
  act(@Req() { body }: FastifyRequest): never {
    const [name = ''] = typeof body === 'object' && body !== null ? Object.keys(body) : [];
    if (name === 'add_interface') throw ironic('port-create');
    if (name === 'remove_interface') throw ironic('port-delete');
    throw new Fault(400, `There is no such action: ${name.slice(0, 64)}`, { code: 'InvalidInput' });
  }
}
