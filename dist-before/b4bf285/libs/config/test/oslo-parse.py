"""Lets oslo.config's own parser and types read what stands in a JSON file, and prints what they make of it as JSON.

{"files": [text], "texts": [{"type", "text"}]}
-> {"files": [[[group, name, text], ...] or null], "texts": [{"value"} or null]}    null: refused
"""
import io
import json
import math
import sys

from oslo_config import cfg
from oslo_config import iniparser
from oslo_config import types

string, integer = types.String(), types.Integer()
TYPES = {
    "string of 3": types.String(max_length=3),
    "string by pattern": types.String(regex="^[a-z]+$"),
    "choice": types.String(choices=["Red", "GREEN"], ignore_case=True),
    "boolean": types.Boolean(),
    "integer": integer,
    "integer within bounds": types.Integer(min=-5, max=10),
    "float": types.Float(),
    "port": types.Port(),
    "list": types.List(string),
    "list of integers": types.List(integer),
    "list in brackets": types.List(string, bounds=True),
    "list by pattern": types.List(types.String(regex=r"^\(.*\)$")),
    "dict": types.Dict(string),
    "dict of integers": types.Dict(integer),
    "dict in braces": types.Dict(string, bounds=True),
    "address": types.IPAddress(),
    "IPv4 address": types.IPAddress(version=4),
    "IPv6 address": types.IPAddress(version=6),
    "host": types.HostDomain(),
    "URI": types.URI(),
}


class Parser(cfg.ConfigParser):
    def __init__(self):
        super().__init__("any.conf", {})
        self.found = []

    def assignment(self, key, value):
        if not self.section:
            raise self.error_no_section()
        group = self.section if self.section == "DEFAULT" else self.section.lower()
        self.found.append([group, key.replace("-", "_"), "\n".join(value)])


def settings(text):
    parser = Parser()
    try:
        # With the line ends of a file opened as text.
        iniparser.BaseParser.parse(parser, io.StringIO(text, newline=None))
    except iniparser.ParseError:
        return None
    return parser.found


def value(asked):
    try:
        found = TYPES[asked["type"]](asked["text"])
        # Ours refuses these on purpose, and JSON has no word for them.
        return None if isinstance(found, float) and not math.isfinite(found) else {"value": found}
    except ValueError:
        return None
    # rfc3986 has exceptions of its own.
    except Exception as error:
        if type(error).__module__.startswith("rfc3986"):
            return None
        raise


asked = json.load(sys.stdin)
json.dump(
    {"files": [settings(text) for text in asked["files"]], "texts": [value(text) for text in asked["texts"]]},
    sys.stdout,
)
