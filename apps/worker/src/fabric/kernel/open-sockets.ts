// A separate program: runs inside a namespace, opens the sockets that its parent names, passes them to it, and ends.
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import type { Socket } from 'node:dgram';

/** `tcp <address> <port>`, `udp4 <address> <port>`, or `udp6 <address> <port> [<multicast group>%<device>]`. */
type Wanted = readonly string[];

function hand(index: number, socket: Server | Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.({ index }, socket, {}, (error: Error | null) => (error === null ? resolve() : reject(error)));
  });
}

async function openTcp(address: string, port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: address, port, ipv6Only: true }, resolve);
  });
  return server;
}

async function openUdp(type: 'udp4' | 'udp6', address: string, port: number, group?: string): Promise<Socket> {
  const socket = createSocket({ type, ipv6Only: type === 'udp6', reuseAddr: group !== undefined });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, address, resolve);
  });
  if (type === 'udp4') socket.setBroadcast(true);
  if (group !== undefined) {
    const [multicast = '', device = ''] = group.split('%');
    socket.addMembership(multicast, `::%${device}`);
  }
  return socket;
}

async function main(wanted: Wanted): Promise<void> {
  for (const [index, text] of wanted.entries()) {
    const [kind = '', address = '', port = '', group] = text.split(' ');
    const isTcp = kind === 'tcp';
    const type = kind === 'udp6' ? 'udp6' : 'udp4';
    await hand(index, isTcp ? await openTcp(address, Number(port)) : await openUdp(type, address, Number(port), group));
  }
}

process.once('message', (wanted: Wanted) => {
  main(wanted).then(
    // Its own copies of the sockets would keep it running.
    () => process.exit(0),
    (error: unknown) => {
      process.send?.({ error: error instanceof Error ? error.message : String(error) }, () => process.exit(1));
    },
  );
});
