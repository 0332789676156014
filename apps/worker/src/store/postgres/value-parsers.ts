import { TypeOverrides, types } from 'pg';
import { isoTimestamp } from '../timestamp.js';

/** Parsers of the worker's connections only: pg's own table is global to the process. */
export const valueParsers = new TypeOverrides();
valueParsers.setTypeParser(types.builtins.INT8, Number);
valueParsers.setTypeParser(types.builtins.TIMESTAMPTZ, isoTimestamp);
