"""Loads pipeline files with the real PasteDeploy: [[path, auth_strategy]] as JSON on stdin, flat mounts on stdout.

Factories are stand-ins that only note what they are given, since nova and neutron are not installed.
"""
import json
import sys
import types

from paste.deploy import loadwsgi

strategies = []


class Made:
    """An app; or a filter, when it is called with the app that it wraps."""

    def __init__(self, reference, global_conf, local_conf):
        self.note = [reference, local_conf, dict(global_conf)]
        self.inner = None

    def __call__(self, app):
        wrapped = Made('', {}, {})
        wrapped.note = self.note
        wrapped.inner = app
        return wrapped


class UrlMap:
    def __init__(self, entries, not_found):
        self.entries = entries
        self.not_found = not_found


def urlmap_factory(loader, global_conf, **local_conf):
    not_found = local_conf.pop('not_found_app', None)
    entries = [(path, loader.get_app(name, global_conf=global_conf)) for path, name in local_conf.items()]
    return UrlMap(entries, loader.get_app(not_found, global_conf=global_conf) if not_found else None)


def by_strategy(loader, global_conf, **local_conf):
    names = next(local_conf[key] for key in strategies if key in local_conf).split()
    filters = [loader.get_filter(name, global_conf=global_conf) for name in names[:-1]]
    app = loader.get_app(names[-1], global_conf=global_conf)
    for made in reversed(filters):
        app = made(app)
    return app


def factory(reference):
    if reference.endswith(('urlmap', 'urlmap_factory')):
        return urlmap_factory
    if 'pipeline_factory' in reference or 'pipeline_by' in reference:
        return by_strategy
    return lambda global_conf, **local_conf: Made(reference, global_conf, local_conf)


class EntryPoint:
    def __init__(self, name, group, value):
        self.value = value

    def load(self):
        return factory(self.value)


def find_entry_point(self, object_type, name=None):
    found = factory(f'egg:{self.spec}#{name or "main"}')
    if object_type is loadwsgi.FILTER:
        return found, 'paste.filter_factory', name
    return found, 'paste.composite_factory' if found in (urlmap_factory, by_strategy) else 'paste.app_factory', name


loadwsgi.importlib_metadata = types.SimpleNamespace(EntryPoint=EntryPoint, distribution=lambda spec: spec)
loadwsgi.lookup_object = factory
loadwsgi.EggLoader.find_egg_entry_point = find_entry_point


def flatten(app, prefix, filters):
    if isinstance(app, UrlMap):
        mounts = []
        for path, inner in app.entries:
            mounts += flatten(inner, prefix + path.rstrip('/'), filters)
        if all(mount[0] != prefix for mount in mounts):
            mounts += flatten(app.not_found, prefix, filters) if app.not_found else [[prefix, filters, None]]
        return mounts
    if app.inner is not None:
        return flatten(app.inner, prefix, filters + [app.note])
    return [[prefix, filters, app.note]]


answers = []
for path, name, keys in json.load(sys.stdin):
    strategies[:] = keys
    try:
        answers.append(flatten(loadwsgi.loadapp(f'config:{path}', name=name), '', []))
    except (LookupError, ValueError) as error:
        answers.append(f'{type(error).__name__}: {error}')
json.dump(answers, sys.stdout)
