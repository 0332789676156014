#!/usr/bin/python3
"""oslo.messaging as a peer of the tests.

  rpc_peer.py serve URL EXCHANGE TOPIC HOST   a server; prints a JSON line for each event
  rpc_peer.py client URL EXCHANGE TOPIC       reads JSON commands from stdin, prints a JSON answer for each
"""
import json
import logging
import sys
import threading
import time

from oslo_config import cfg
import oslo_messaging as om

import peer_config

mode, url, exchange, topic = sys.argv[1:5]
logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
conf = cfg.CONF
conf(peer_config.arguments(), project='peer')
om.set_transport_defaults(control_exchange=exchange)
transport = om.get_rpc_transport(conf, url=url)
lock = threading.Lock()


def say(**event):
    with lock:
        print(json.dumps(event), flush=True)


class Endpoint(object):
    target = om.Target(namespace='albireo', version='1.3')

    def __init__(self, host):
        self.host = host

    def echo(self, ctxt, text, number=None):
        return {'text': text, 'number': number}

    def who(self, ctxt):
        return self.host

    def whoami(self, ctxt):
        return ctxt.get('user_id')

    @om.expected_exceptions(KeyError)
    def fail(self, ctxt, note):
        if note == 'expected':
            raise KeyError('gone')
        raise ValueError(note, 7)

    def wait(self, ctxt, ms):
        time.sleep(ms / 1000.0)
        return 'waited'

    def note(self, ctxt, note):
        say(note=note, host=self.host)


def serve(host):
    server = om.get_rpc_server(transport, om.Target(topic=topic, server=host), [Endpoint(host)], executor='threading',
                               access_policy=om.rpc.dispatcher.DefaultRPCAccessPolicy)
    server.start()
    say(ready=host)
    sys.stdin.read()
    server.stop()
    server.wait()


def run(command):
    target = om.Target(topic=topic, namespace=command.get('namespace', 'albireo'), version=command.get('version', '1.3'))
    client = om.get_rpc_client(transport, target, timeout=command.get('timeout', 10))
    options = {key: command[key] for key in ('server', 'fanout', 'call_monitor_timeout') if key in command}
    if options:
        client = client.prepare(**options)
    context = {'user_id': 'u1', 'roles': ['member']}
    send = client.call if command['op'] == 'call' else client.cast
    try:
        return {'ok': send(context, command['method'], **command.get('args', {}))}
    except om.RemoteError as error:
        return {'error': 'RemoteError', 'exc_type': error.exc_type, 'value': error.value}
    except Exception as error:
        return {'error': type(error).__name__, 'value': str(error)[:300]}


if mode == 'serve':
    serve(sys.argv[5])
else:
    say(ready='client')
    for line in sys.stdin:
        command = json.loads(line)
        if command.get('parallel'):
            results = [None] * command['parallel']

            def one(index):
                results[index] = run(dict(command, args={'text': 't%d' % index}))
            threads = [threading.Thread(target=one, args=(index,)) for index in range(len(results))]
            [thread.start() for thread in threads]
            [thread.join() for thread in threads]
            say(results=results)
        else:
            say(**run(command))
