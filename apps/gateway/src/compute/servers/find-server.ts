import type { FastifyRequest } from 'fastify';
import { Server } from '#libs/contracts';
import type { ServerData } from '#libs/contracts';
import type { ConductorClient } from '../../edge/rpc/clients.js';

/** A server by its id. Error: Fault 404. */
export async function findServer(conductor: ConductorClient, request: FastifyRequest, id: string): Promise<ServerData> {
  return Server.unwrap(await conductor.call(request, 'server_get', { id }));
}
