"""Neutron's own L3PluginApi: CONFIG HOST CALLS. CALLS is a JSON list of [method, arguments]; prints the list of answers."""
import json
import sys

from neutron.agent.l3.agent import L3PluginApi
from neutron.common import config
from neutron_lib import context
from neutron_lib.agent import topics

config.register_common_config_options()
config.init(['--config-file', sys.argv[1]])
api = L3PluginApi(topics.L3PLUGIN, sys.argv[2])
caller = context.get_admin_context_without_session()
print(json.dumps([getattr(api, name)(caller, *arguments) for name, arguments in json.loads(sys.argv[3])]))
