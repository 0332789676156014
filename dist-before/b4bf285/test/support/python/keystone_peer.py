"""A real Keystone in one process: FOLDER PORT PASSWORD. Makes its database and keys in FOLDER, then serves on 127.0.0.1."""
import datetime
import os
import sqlite3
import sys
import urllib.parse
import wsgiref.simple_server

from keystone.cmd import cli

folder, port, password = sys.argv[1], int(sys.argv[2]), sys.argv[3]
url = f'http://127.0.0.1:{port}/v3'
config = os.path.join(folder, 'keystone.conf')
keys = [os.path.join(folder, name) for name in ('fernet', 'credential')]
for path in keys:
    os.mkdir(path, mode=0o700)
with open(config, 'w') as file:
    file.write(f"""[DEFAULT]
log_file = {folder}/keystone.log
[database]
connection = sqlite:///{folder}/keystone.db
[fernet_tokens]
key_repository = {keys[0]}
[fernet_receipts]
key_repository = {keys[0]}
[credential]
key_repository = {keys[1]}
[cache]
enabled = false
[identity]
password_hash_rounds = 4
""")


def manage(*args):
    """Runs `keystone-manage` in a process of its own, which saves loading Keystone again."""
    child = os.fork()
    if child == 0:
        sys.argv = ['keystone-manage', '--config-file', config, *args]
        try:
            cli.main(sys.argv)
        except BaseException as error:
            os._exit(error.code if isinstance(error, SystemExit) and isinstance(error.code, int) else 1)
        os._exit(0)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0:
        sys.exit(f'keystone-manage {args[0]} failed, see {folder}/keystone.log')


manage('db_sync')
manage('fernet_setup', '--keystone-user', str(os.getuid()), '--keystone-group', str(os.getgid()))
manage('bootstrap', '--bootstrap-password', password, '--bootstrap-region-id', 'RegionOne',
       '--bootstrap-public-url', url, '--bootstrap-internal-url', url, '--bootstrap-admin-url', url)

# A reader that Keystone leaves open must not keep writers out.
sqlite3.connect(f'{folder}/keystone.db').execute('PRAGMA journal_mode=WAL')

sys.argv = ['keystone-wsgi-public']
os.environ['OS_KEYSTONE_CONFIG_FILES'] = config
from keystone.server.wsgi import initialize_public_application  # noqa: E402

keystone = initialize_public_application()


def expired_token(user_id, project_id):
    """A token that Keystone made and that has expired: its own format with its own keys."""
    from oslo_utils import timeutils
    from keystone.common import utils
    from keystone.token import token_formatters
    past = utils.isotime(timeutils.utcnow() - datetime.timedelta(minutes=5), subsecond=True)
    formatter = token_formatters.TokenFormatter()
    return formatter.create_token(user_id, past, ['AAAAAAAAAAAAAAAAAAAAAA'], token_formatters.ProjectScopedPayload,
                                  methods=['password'], project_id=project_id)


def application(environ, start_response):
    if environ['PATH_INFO'] != '/expired-token':
        return keystone(environ, start_response)
    start_response('200 OK', [('Content-Type', 'text/plain')])
    asked = urllib.parse.parse_qs(environ['QUERY_STRING'])
    return [expired_token(asked['user'][0], asked['project'][0]).encode()]


server = wsgiref.simple_server.make_server('127.0.0.1', port, application)
print('keystone is ready', flush=True)
server.serve_forever()
