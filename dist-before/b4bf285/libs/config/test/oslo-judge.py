"""Reads options and cases as JSON, lets oslo.config read each case, and prints its values as JSON.

{"options": [{"group", "name", "kind", "arguments"}], "cases": [{"argv": [...], "env": {...}, "flags": [names]}]}
-> [{"values": {"group.name": value}, "errors": ["group.name"], "failed": null or text}]
"""
import json
import os
import sys

from oslo_config import cfg
from oslo_config import types


def declare(option):
    arguments = dict(option["arguments"])
    old_name = arguments.pop("deprecated_name", None)
    if old_name:
        arguments["deprecated_opts"] = [cfg.DeprecatedOpt(old_name, group=option["group"])]
    name, kind = option["name"], option["kind"]
    if kind == "bool":
        return cfg.BoolOpt(name, **arguments)
    if kind == "multi":
        return cfg.MultiStrOpt(name, **arguments)
    default = arguments.pop("default", None)
    old = arguments.pop("deprecated_opts", None)
    secret = arguments.pop("secret", False)
    if kind == "list":
        item = types.Integer() if arguments.pop("integers", False) else types.String()
        kind_type = types.List(item, **arguments)
    elif kind == "dict":
        value = types.Integer() if arguments.pop("integers", False) else types.String()
        kind_type = types.Dict(value, **arguments)
    else:
        makers = {
            "str": types.String, "int": types.Integer, "float": types.Float, "port": types.Port,
            "ip": types.IPAddress, "host": types.HostDomain, "uri": types.URI,
        }
        kind_type = makers[kind](**arguments)
    return cfg.Opt(name, type=kind_type, default=default, deprecated_opts=old, secret=secret)


def answer(options, case):
    for variable in [name for name in os.environ if name.startswith("OS_")]:
        del os.environ[variable]
    os.environ.update(case["env"])
    conf = cfg.ConfigOpts()
    for option in options:
        group = None if option["group"] == "DEFAULT" else option["group"]
        # Only flags that the case uses: oslo.config judges the values of flags while it reads the files.
        register = conf.register_cli_opt if option["name"] in case["flags"] else conf.register_opt
        register(declare(option), group=group)
    try:
        conf(case["argv"], project="albireo", prog="judge", default_config_files=[], default_config_dirs=[])
    except (cfg.Error, SystemExit, RecursionError) as error:
        return {"values": {}, "errors": [], "failed": str(error)}
    values, errors = {}, []
    for option in options:
        key = "%s.%s" % (option["group"], option["name"])
        holder = conf if option["group"] == "DEFAULT" else conf[option["group"]]
        try:
            value = getattr(holder, option["name"])
            # JSON has no word for it.
            values[key] = "nan" if value != value else value
        except (ValueError, RecursionError, cfg.Error):
            errors.append(key)
    return {"values": values, "errors": errors, "failed": None}


asked = json.load(sys.stdin)
json.dump([answer(asked["options"], case) for case in asked["cases"]], sys.stdout)
