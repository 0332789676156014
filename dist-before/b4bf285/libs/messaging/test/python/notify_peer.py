#!/usr/bin/python3
"""oslo.messaging's notifications as a peer of the tests.

  notify_peer.py listen URL EXCHANGE TOPIC [POOL]   prints a JSON line for each notification; `requeue` is given back once
  notify_peer.py notify URL EXCHANGE TOPIC DRIVER   reads JSON commands from stdin, prints a JSON line when one is sent
"""
import json
import logging
import sys
import threading

from oslo_config import cfg
from oslo_context import context
import oslo_messaging as om

import peer_config

mode, url, exchange, topic = sys.argv[1:5]
extra = sys.argv[5] if len(sys.argv) > 5 else ''
logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
conf = cfg.CONF
conf(peer_config.arguments(), project='peer')
om.set_transport_defaults(control_exchange=exchange)
transport = om.get_notification_transport(conf, url=url)


said = threading.Lock()


def say(**event):
    # The listener's threads say something at the same time.
    with said:
        print(json.dumps(event), flush=True)


class ContextSerializer(om.NoOpSerializer):
    """As the services have it: newer releases send nothing of a context that is a plain dictionary."""

    def serialize_context(self, ctxt):
        return dict(ctxt.to_dict(), user_id=ctxt.user_id)


class Endpoint(object):
    def __init__(self):
        self.returned = False
        # What waited in the queue is told after the peer has said that it listens.
        self.announced = threading.Event()

    def _heard(self, priority, ctxt, publisher_id, event_type, payload, metadata):
        self.announced.wait()
        if event_type == 'requeue' and not self.returned:
            self.returned = True
            return om.NotificationResult.REQUEUE
        say(priority=priority, user_id=ctxt.get('user_id'), secret=ctxt.get('secret'), publisher_id=publisher_id,
            event_type=event_type, payload=payload, metadata=sorted(metadata))

    def info(self, *args):
        return self._heard('info', *args)

    def error(self, *args):
        return self._heard('error', *args)


if mode == 'listen':
    endpoint = Endpoint()
    listener = om.get_notification_listener(transport, [om.Target(topic=topic)], [endpoint], executor='threading',
                                            allow_requeue=True, pool=extra or None)
    listener.start()
    say(ready='listener')
    endpoint.announced.set()
    sys.stdin.read()
    listener.stop()
    listener.wait()
else:
    notifier = om.Notifier(transport, publisher_id='peer.py1', driver=extra, topics=[topic],
                           serializer=ContextSerializer())
    say(ready='notifier')
    for line in sys.stdin:
        command = json.loads(line)
        ctxt = context.RequestContext(user_id='u1', auth_token='secret')
        getattr(notifier, command['priority'])(ctxt, command['event_type'], command['payload'])
        say(sent=command['event_type'])
