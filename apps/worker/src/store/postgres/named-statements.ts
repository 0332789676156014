import { Query } from 'pg';
import type { Client, Connection, FieldDef, QueryResult } from 'pg';
import { PLAN_OUTDATED } from '../database.errors.js';
import { valueParsers } from './value-parsers.js';

/** A statement with a name, in pg's form. */
export interface NamedStatement {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
}

type Row = Record<string, unknown>;
type Parser = (text: string) => unknown;
type Answered = (error: Error | null | undefined, result: QueryResult) => void;

/** pg's own class, with the methods overridden here that its types leave out; the connection calls them. */
interface PgQuery {
  name: string;
  readonly _result: { readonly rows: unknown[] };
  _canceledDueToError: unknown;
  submit(connection: Connection): Error | null;
  handleRowDescription(message: { readonly fields: readonly FieldDef[] }): void;
  handleDataRow(message: { readonly fields: readonly (string | null)[] }): void;
  handleCommandComplete(message: object, connection: Connection): void;
}
const PgQuery = Query as unknown as new (text: string, values: unknown[], answered: Answered) => PgQuery;

/** The columns of a statement's rows. */
interface Shape {
  readonly names: readonly string[];
  readonly parsers: readonly Parser[];
  /** A row without values; each row is a copy of it. */
  readonly empty: Row;
}

/**
 * Statements that a direct connection to the server keeps by name. The server describes the rows of such a statement
 * once instead of with every answer. They cannot change unnoticed, because the server refuses an outdated plan.
 */
export class NamedStatements {
  readonly #shapes = new Map<string, Shape>();
  /** The same connection, but it sends no Describe message. */
  readonly #told: Connection;

  constructor(private readonly client: Client) {
    this.#told = Object.create(client.connection, { describe: { value: () => undefined } }) as Connection;
  }

  /** Throws the same errors as pg, and PLAN_OUTDATED for rows that differ from the description. */
  run(statement: NamedStatement): Promise<QueryResult> {
    return new Promise((resolve, reject) => {
      const answered: Answered = (error, result) => {
        if (error) reject(error);
        else resolve(result);
      };
      this.client.query(new KeptQuery(statement, answered, this.#shapes, this.#told));
    });
  }
}

class KeptQuery extends PgQuery {
  /** Undefined until the first answer. */
  readonly #shape: Shape | undefined;
  #isDescribed = false;

  constructor(
    statement: NamedStatement,
    answered: Answered,
    readonly shapes: Map<string, Shape>,
    readonly told: Connection,
  ) {
    // An object instead of these arguments would be copied with all its descriptors, which takes longer than the rest.
    super(statement.text, statement.values, answered);
    this.name = statement.name;
    this.#shape = shapes.get(statement.name);
  }

  override submit(connection: Connection): Error | null {
    return super.submit(this.#shape === undefined ? connection : this.told);
  }

  override handleRowDescription(message: { readonly fields: readonly FieldDef[] }): void {
    this.#isDescribed = true;
    this.shapes.set(this.name, shapeOf(message.fields));
    super.handleRowDescription(message);
  }

  override handleDataRow(message: { readonly fields: readonly (string | null)[] }): void {
    const shape = this.#shape;
    if (shape === undefined) return super.handleDataRow(message);
    if (this._canceledDueToError) return;
    try {
      this._result.rows.push(rowOf(shape, message.fields));
    } catch (error) {
      this._canceledDueToError = error;
    }
  }

  override handleCommandComplete(message: object, connection: Connection): void {
    // The statement returns no rows.
    if (this.#shape === undefined && !this.#isDescribed) this.shapes.set(this.name, shapeOf([]));
    super.handleCommandComplete(message, connection);
  }
}

function shapeOf(fields: readonly FieldDef[]): Shape {
  const names = fields.map(({ name }) => name);
  const parsers = fields.map(({ dataTypeID }) => valueParsers.getTypeParser(dataTypeID, 'text') as unknown as Parser);
  return { names, parsers, empty: Object.fromEntries(names.map((name) => [name, null])) };
}

function rowOf({ names, parsers, empty }: Shape, values: readonly (string | null)[]): Row {
  if (values.length !== names.length) {
    throw Object.assign(new Error('the rows of a named statement have changed'), { code: PLAN_OUTDATED });
  }
  const row = { ...empty };
  for (const [index, value] of values.entries()) {
    if (value !== null) row[names[index] ?? ''] = parsers[index]?.(value);
  }
  return row;
}
