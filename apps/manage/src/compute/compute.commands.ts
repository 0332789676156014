import type { Command } from 'commander';
import { StartError } from '#libs/config';
import { PlacementExplanation, schedulerContract } from '#libs/contracts';
import type { PlacementExplanationData } from '#libs/contracts';
import { RpcClient } from '#libs/messaging';
import { HostChooser } from '../../../worker/src/scheduler/host-chooser.js';
import type { HostExplanation } from '../../../worker/src/scheduler/host-chooser.js';
import type { Store } from '../../../worker/src/store/index.js';
import { withStore } from '../db/db.commands.js';
import { runWithConfiguration } from '../global-options.js';
import { operator, runWithTransport } from '../rpc/with-transport.js';
import type { Bus } from '../rpc/with-transport.js';

const print = (lines: readonly string[]): void => void process.stdout.write(lines.map((line) => `${line}\n`).join(''));

/** `albireo-manage fake host down|up|list`: makes a host of the driver fake fail, and ends that. */
export function registerFakeCommands(program: Command): void {
  const host = program
    .command('fake')
    .description('the driver that keeps servers in the database only')
    .command('host')
    .description('its hosts; they need the database, so an embedded one must be at rest');
  host
    .command('down')
    .description('the host reports no more: it is down after [DEFAULT] service_down_time')
    .argument('<host>')
    .action((name: string, _options: unknown, command: Command) => change(command, name, takeDown));
  host
    .command('up')
    .description('the host reports again')
    .argument('<host>')
    .action((name: string, _options: unknown, command: Command) => change(command, name, bringUp));
  host
    .command('list')
    .description('compute hosts, and whether they were made to fail')
    .action(async (_options: unknown, command: Command) => {
      await runWithConfiguration(command, async (config) => {
        print(await withStore(config, listHosts));
        return 0;
      });
    });
}

async function change(
  command: Command,
  host: string,
  work: (store: Store, host: string) => Promise<string>,
): Promise<void> {
  await runWithConfiguration(command, async (config) => {
    print([await withStore(config, (store) => work(store, host))]);
    return 0;
  });
}

async function takeDown({ db }: Store, host: string): Promise<string> {
  const known = await db.selectFrom('compute_nodes').select('host').where('host', '=', host).executeTakeFirst();
  if (known === undefined)
    throw new StartError(`there is no compute host ${host}: see "albireo-manage fake host list"`);
  await db
    .insertInto('fake_hosts_down')
    .values({ host })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return `${host} is down`;
}

async function bringUp({ db }: Store, host: string): Promise<string> {
  await db.deleteFrom('fake_hosts_down').where('host', '=', host).execute();
  return `${host} is up`;
}

async function listHosts({ db }: Store): Promise<string[]> {
  const rows = await db
    .selectFrom('compute_nodes as n')
    .leftJoin('fake_hosts_down as d', 'd.host', 'n.host')
    .select(['n.host', 'd.host as down'])
    .orderBy('n.host')
    .execute();
  return rows.map(({ host, down }) => `${host} ${down === null ? 'up' : 'down'}`);
}

/** `albireo-manage scheduler why SERVER`. */
export function registerSchedulerCommands(program: Command): void {
  program
    .command('scheduler')
    .description('the choice of hosts')
    .command('why')
    .description('for each host what would refuse a server now: filters by their names, and what it has too little of')
    .argument('<server>', 'its id, or its name where only one has it')
    .option('--rpc', 'ask a scheduler over the bus in place of the database; needs the id of the server')
    .action(async (server: string, { rpc = false }: { readonly rpc?: boolean }, command: Command) => {
      if (rpc) return runWithTransport(command, (bus) => askScheduler(bus, server));
      return runWithConfiguration(command, async (config) => {
        const chooser = new HostChooser(config);
        print(await withStore(config, (store) => explain(store, chooser, server)));
        return 0;
      });
    });
}

async function askScheduler({ transport, exchange }: Bus, id: string): Promise<number> {
  const client = new RpcClient(transport, schedulerContract, { exchange });
  const answer = await client.call(operator(), 'explain_destination', { instance_uuid: id });
  const { hosts, ...server } = PlacementExplanation.unwrap(answer);
  print([headOf(id, server), ...hosts.map(({ host, refused_by: refusedBy }) => lineOf({ host, refusedBy }))]);
  return 0;
}

async function explain(store: Store, chooser: HostChooser, server: string): Promise<string[]> {
  return store.transaction(
    async (tx) => {
      const rows = await tx
        .selectFrom('instances')
        .selectAll()
        .where('deleted', '=', false)
        .where((eb) => eb.or([eb('id', '=', server), eb('name', '=', server)]))
        .limit(2)
        .execute();
      const [row] = rows;
      if (row === undefined) throw new StartError(`there is no server ${server}`);
      if (rows.length > 1) throw new StartError(`several servers are called ${server}: name one by its id`);
      const hosts = await chooser.explain(tx, row);
      return [headOf(row.id, row), ...hosts.map(lineOf)];
    },
    { name: 'scheduler.why' },
  );
}

function headOf(id: string, { vm_state: state, host }: Pick<PlacementExplanationData, 'vm_state' | 'host'>): string {
  return `server ${id} ${state} ${host === null ? 'on no host' : `on ${host}`}`;
}

function lineOf({ host, refusedBy }: HostExplanation): string {
  return refusedBy.length === 0 ? `${host} would take it` : `${host} refused by ${refusedBy.join('; ')}`;
}
