/**
 * Programs of the oslo.messaging side: `python3 -c PROGRAM URL [call|cast BYTES]`. They are told in lines, and
 * say in lines of JSON, what process.ts is told and says as messages.
 */
const shared = `
import json, sys, threading, time
from oslo_config import cfg
import oslo_messaging as om
cfg.CONF([], project='bench')
om.set_transport_defaults(control_exchange='bench_py')
transport = om.get_rpc_transport(cfg.CONF, url=sys.argv[1])
def tell(value): print(json.dumps(value), flush=True)
`;

export const pythonServer = `${shared}
class Endpoint(object):
    def echo(self, ctxt, payload): return payload
    def note(self, ctxt, payload): pass
server = om.get_rpc_server(transport, om.Target(topic='bench_py', server='h'), [Endpoint()], executor='threading',
                           access_policy=om.rpc.dispatcher.DefaultRPCAccessPolicy)
server.start()
tell('ready')
for line in sys.stdin: tell({'cpu': time.process_time() * 1e6})
`;

export const pythonClient = `${shared}
role, size = sys.argv[2], int(sys.argv[3])
client = om.get_rpc_client(transport, om.Target(topic='bench_py'), timeout=60)
row = dict(id='b6f3', name='star', ra=292.68, dec=27.96, tags=['a', 'b'], on=True, none=None)
payload = dict(rows=[row] * max(1, round(size / 95)))
context = dict(user_id='u' * 32, project_id='p' * 32)
taken = []
def lane(until, times):
    while time.monotonic() < until:
        begun = time.monotonic()
        if role == 'cast': client.cast(context, 'note', payload=payload)
        else: client.call(context, 'echo', payload=payload)
        times.append((time.monotonic() - begun) * 1e3)
def run(seconds, lanes):
    times, until = [], time.monotonic() + seconds
    threads = [threading.Thread(target=lane, args=(until, times)) for _ in range(lanes)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    return times
tell('ready')
for line in sys.stdin:
    cpu, begun = time.process_time(), time.monotonic()
    ms, lanes = [int(each) for each in line.split()[1:]]
    times = sorted(run(ms / 1e3, lanes))
    at = lambda part: times[min(len(times) - 1, int(len(times) * part))]
    tell(dict(calls=len(times), perSecond=len(times) / (time.monotonic() - begun), p50=at(.5), p99=at(.99),
              cpu=(time.process_time() - cpu) * 1e6))
`;
