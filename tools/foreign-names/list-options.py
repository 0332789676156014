"""Prints, as JSON, every option name that the installed projects list for oslo-config-generator.

Run by foreign-names.mjs with the Python of a virtual environment (3.6 or newer) that holds one release.
"""
import json
import subprocess
import sys
import warnings

warnings.simplefilter('ignore')
GENERATOR_NAMESPACES = 'oslo.config.opts'


def entry_points():
    try:
        from importlib import metadata
    except ImportError:
        import pkg_resources

        return list(pkg_resources.iter_entry_points(GENERATOR_NAMESPACES))
    try:
        return list(metadata.entry_points(group=GENERATOR_NAMESPACES))
    except TypeError:
        return list(metadata.entry_points().get(GENERATOR_NAMESPACES, []))


def service_user_options():
    """What any group with `auth_type` may hold: the listings show a part of the plug-ins only."""
    from keystoneauth1 import loading

    listed = list(loading.get_auth_common_conf_options())
    listed += loading.get_session_conf_options()
    listed += loading.get_adapter_conf_options()
    for name in loading.get_available_plugin_names():
        try:
            listed += [option._to_oslo_opt() for option in loading.get_plugin_loader(name).get_options()]
        except Exception as error:  # a plug-in of a library that is not there
            print('no options of the plug-in %s: %r' % (name, error), file=sys.stderr)
    return listed


def rows_of(group, options):
    for option in options:
        old = [[old.group or group, old.name or option.name] for old in option.deprecated_opts]
        yield [group, option.name, [[g, n.replace('-', '_')] for g, n in old]]


def module_of(point):
    return getattr(point, 'module_name', None) or point.value.split(':')[0]


def list_project(project):
    """The rows of one project: two of them may not share a process, since both register options globally."""
    rows = []
    failed = {}
    for point in sorted(entry_points(), key=lambda point: point.name):
        if module_of(point).split('.')[0] != project or '.tests' in point.name:
            continue
        try:
            listing = point.load()()
        except Exception as error:
            failed[point.name] = repr(error)
            continue
        for group, options in listing:
            rows += rows_of(str(getattr(group, 'name', group) or 'DEFAULT'), options)
    return {'rows': rows, 'failed': failed}


def main(arguments):
    if arguments:
        json.dump(list_project(arguments[0]), sys.stdout)
        return
    result = {'rows': [], 'failed': {}, 'service_user': [row[1:] for row in rows_of('', service_user_options())]}
    for project in sorted({module_of(point).split('.')[0] for point in entry_points()}):
        command = [sys.executable, '-W', 'ignore', __file__, project]
        listed = json.loads(subprocess.check_output(command).decode().splitlines()[-1])
        result['rows'] += listed['rows']
        result['failed'].update(listed['failed'])
    json.dump(result, sys.stdout)


main(sys.argv[1:])
