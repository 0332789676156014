import type { Server, Socket as TcpSocket } from 'node:net';
import type { Socket as UdpSocket } from 'node:dgram';
import { getLogger } from '#libs/telemetry';
import { answerTo } from '../dhcp/dhcp4-answer.js';
import { readRequest, writeAnswer } from '../dhcp/dhcp4-message.js';
import { answer6, clientMac, readRequest6 } from '../dhcp/dhcp6.js';
import { answerLocally, readQuestion, refusal } from '../dns/dns-answer.js';
import { forwardQuery, withLength } from '../dns/forward-query.js';
import type { NetworkSpace } from '../kernel/network-space.js';
import { closeSockets, socketsOf } from '../kernel/sockets-of.js';
import type { OpenedSockets } from '../kernel/sockets-of.js';
import { METADATA_ADDRESS } from '../layout/names.js';
import { dhcpNamespace, dhcpPair } from '../layout/names.js';
import { MetadataProxy } from '../metadata/metadata-proxy.js';
import type { MetadataTarget } from '../metadata/metadata-proxy.js';
import type { GuestNetworkState, GuestPort } from '../state/host-network.js';

const log = getLogger('albireo.fabric');

export interface ServiceSettings {
  /** [DEFAULT] dhcp_domain. */
  readonly domain: string;
  readonly metadata: () => MetadataTarget;
}

/** The current state of a network with its guests on this host. */
export interface ServedNetwork {
  readonly network: GuestNetworkState;
  readonly ports: readonly GuestPort[];
}

/** DHCP, DNS and metadata of one network, on sockets of its namespace that this process has received. */
export class NetworkServices {
  readonly #sockets: OpenedSockets;
  readonly #metadata: MetadataProxy;
  #served: ServedNetwork;

  private constructor(
    sockets: OpenedSockets,
    served: ServedNetwork,
    private readonly settings: ServiceSettings,
  ) {
    this.#sockets = sockets;
    this.#served = served;
    this.#metadata = new MetadataProxy((address) => this.#portAt(address), settings.metadata);
    const [web, dns] = sockets.tcp;
    const [dhcp, udpDns, dhcp6] = sockets.udp;
    if (web !== undefined) this.#metadata.serve(web);
    if (dns !== undefined) this.#serveTcpDns(dns);
    if (dhcp !== undefined) this.#serveDhcp(dhcp);
    if (udpDns !== undefined) this.#serveDns(udpDns);
    if (dhcp6 !== undefined) this.#serveDhcp6(dhcp6);
    for (const socket of [...sockets.tcp, ...sockets.udp]) {
      socket.on('error', (error) =>
        log.warning('A socket of a network failed', { network: this.id, error: error.message }),
      );
    }
  }

  /** Errors: those of socketsOf, `EADDRINUSE` while another process of the host serves the network. */
  static async open(space: NetworkSpace, served: ServedNetwork, settings: ServiceSettings): Promise<NetworkServices> {
    const { id } = served.network;
    // First the socket that only one process can have.
    const wanted = [`tcp ${METADATA_ADDRESS} 80`, 'tcp 0.0.0.0 53', 'udp4 0.0.0.0 67', 'udp4 0.0.0.0 53'];
    const sockets = await socketsOf(space, dhcpNamespace(id), [
      ...wanted,
      `udp6 :: 547 ff02::1:2%${dhcpPair(id).inner}`,
    ]);
    return new NetworkServices(sockets, served, settings);
  }

  get id(): string {
    return this.#served.network.id;
  }

  update(served: ServedNetwork): void {
    this.#served = served;
  }

  close(): void {
    closeSockets(this.#sockets);
    this.#metadata.close();
  }

  #portAt(address: string): GuestPort | undefined {
    return this.#served.ports.find(({ fixedIps }) => fixedIps.some(({ ip_address: own }) => own === address));
  }

  #portWith(macAddress: string): GuestPort | undefined {
    return this.#served.ports.find((port) => port.macAddress === macAddress);
  }

  #serveDhcp(socket: UdpSocket): void {
    socket.on('message', (packet) => {
      const request = readRequest(packet);
      const port = request === null ? undefined : this.#portWith(request.macAddress);
      if (request === null || port === undefined) return;
      const answer = answerTo(request, this.#served.network, port, { domain: this.settings.domain });
      if (answer === null) return;
      // A client without an address receives broadcasts; the bridge forwards them by MAC to its port only.
      const to = request.clientAddress === null || answer.address === null ? '255.255.255.255' : request.clientAddress;
      socket.send(writeAnswer(request, answer), 68, to, () => undefined);
    });
  }

  #serveDhcp6(socket: UdpSocket): void {
    socket.on('message', (packet, from) => {
      const request = readRequest6(packet);
      const mac = request === null ? null : clientMac(request, from.address);
      const port = mac === null ? undefined : this.#portWith(mac);
      if (request === null || port === undefined) return;
      const answer = answer6(request, this.#served.network, port, { domain: this.settings.domain });
      if (answer !== null) socket.send(answer, from.port, from.address, () => undefined);
    });
  }

  async #resolve(packet: Buffer, transport: 'udp' | 'tcp'): Promise<Buffer | null> {
    const question = readQuestion(packet);
    if (question === null) return null;
    const own = answerLocally(packet, question, this.#served.network, this.settings.domain);
    return own ?? (await forwardQuery(packet, transport)) ?? refusal(packet, question);
  }

  #serveDns(socket: UdpSocket): void {
    socket.on('message', (packet, from) => {
      void this.#resolve(packet, 'udp').then((answer) => {
        if (answer !== null) socket.send(answer, from.port, from.address, () => undefined);
      });
    });
  }

  /** One query per connection. */
  #serveTcpDns(server: Server): void {
    server.maxConnections = 64;
    server.on('connection', (socket: TcpSocket) => {
      let received = Buffer.alloc(0);
      socket.setTimeout(5_000, () => socket.destroy());
      socket.on('error', () => socket.destroy());
      socket.on('data', (data: Buffer) => {
        received = Buffer.concat([received, data]);
        if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
        const packet = received.subarray(2, 2 + received.readUInt16BE(0));
        received = Buffer.alloc(0);
        void this.#resolve(packet, 'tcp').then((answer) => {
          if (answer === null) socket.destroy();
          else socket.end(withLength(answer));
        });
      });
    });
  }
}
