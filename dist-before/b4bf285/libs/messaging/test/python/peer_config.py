"""The kind of queues that both sides of a test declare: classic (default), durable or quorum."""
import os
import tempfile

OPTIONS = {'classic': '', 'durable': 'amqp_durable_queues = true\n', 'quorum': 'rabbit_quorum_queue = true\n'}


def arguments():
    kind = os.environ.get('ALBIREO_INTEROP_QUEUES') or 'classic'
    config = tempfile.NamedTemporaryFile('w', suffix='.conf')
    config.write('[oslo_messaging_rabbit]\n' + OPTIONS[kind])
    config.flush()
    # Kept open for the life of the process: it deletes itself.
    arguments.file = config
    return ['--config-file', config.name]
