import assert from 'node:assert/strict';
import { it } from 'node:test';
import { kindOf } from './statement-kind.js';

it('kindOf tells by the first word what a statement does', () => {
  const kinds = {
    'select 1': 'read',
    '\n      SELECT 1 for update': 'read',
    'with a as (select 1) select * from a': 'read',
    'with a as (delete from t returning 1) select * from a': 'change',
    'with recursive a as (insert into t values (1)) select 1': 'change',
    'insert into t values (1)': 'change',
    'update t set a = 1': 'change',
    'delete from t': 'change',
    'create table t ()': 'change',
    'start transaction isolation level read committed': 'begin',
    begin: 'begin',
    commit: 'commit',
    rollback: 'rollback',
    'rollback to savepoint a': 'change',
  };
  assert.deepEqual(Object.fromEntries(Object.keys(kinds).map((text) => [text, kindOf(text)])), kinds);
});
