"""Answers policy questions with the real oslo.policy: cases as JSON on stdin, verdicts as JSON on stdout.

A verdict is true, false, or "error" where oslo.policy raises.
"""
import json
import logging
import os
import sys
import tempfile
import warnings

from oslo_config import cfg
from oslo_policy import _checks, opts, policy

logging.disable(logging.CRITICAL)
warnings.simplefilter('ignore')


@_checks.register('field')
class FieldCheck(_checks.Check):
    """Does what neutron's check of this name does with attributes that are there."""

    def __call__(self, target, creds, enforcer, current_rule=None):
        _resource, wanted = self.match.split(':', 1)
        name, value = wanted.split('=', 1)
        found = target.get(name)
        if found is None:
            return False
        if isinstance(found, bool):
            return found == (value == 'True')
        return str(found) == value


def deprecated(rule):
    old = rule.get('deprecatedRule')
    if old is None:
        return None
    return policy.DeprecatedRule(old['name'], old['checkStr'], deprecated_reason='test', deprecated_since='test')


def answer(case, folder):
    conf = cfg.ConfigOpts()
    conf([])
    opts._register(conf)
    path = os.path.join(folder, 'policy.yaml')
    with open(path, 'w') as file:
        json.dump(case['file'], file)
    conf.set_override('policy_file', path, 'oslo_policy')
    conf.set_override('policy_dirs', [], 'oslo_policy')
    conf.set_override('enforce_scope', case['enforceScope'], 'oslo_policy')
    conf.set_override('enforce_new_defaults', case['enforceNewDefaults'], 'oslo_policy')
    enforcer = policy.Enforcer(conf)
    for rule in case['defaults']:
        enforcer.register_default(policy.RuleDefault(
            rule['name'], rule['checkStr'], description='test', scope_types=rule.get('scopeTypes'),
            deprecated_rule=deprecated(rule)))
    verdicts = []
    for question in case['questions']:
        try:
            verdicts.append(bool(enforcer.enforce(question['rule'], dict(question['target']), dict(question['creds']))))
        except Exception:
            verdicts.append('error')
    return verdicts


with tempfile.TemporaryDirectory() as folder:
    json.dump([answer(case, folder) for case in json.load(sys.stdin)], sys.stdout)
