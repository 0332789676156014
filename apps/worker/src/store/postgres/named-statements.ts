import { Query } from 'pg';
import type { Client, Connection, FieldDef, QueryResult } from 'pg';
import { PLAN_OUTDATED } from '../database.errors.js';
import { valueParsers } from './value-parsers.js';

/** A statement with a name, as pg takes it. */
export interface NamedStatement {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
}

type Row = Record<string, unknown>;
type Parser = (text: string) => unknown;
type Answered = (error: Error | null | undefined, result: QueryResult) => void;

/** pg's own class with what is overridden here, which its types leave out; the connection calls these. */
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

/** What the rows of a statement look like. */
interface Shape {
  readonly names: readonly string[];
  readonly parsers: readonly Parser[];
  /** A row without values, of which each one is a copy. */
  readonly empty: Row;
}

/**
 * Statements that a connection of the server's own keeps by their names. The server describes the rows of such a statement
 * once, not with every answer: that they stay as they are it promises itself (it refuses an outdated plan).
 */
export class NamedStatements {
  readonly #shapes = new Map<string, Shape>();
  /** The same connection, on which nobody asks what rows look like. */
  readonly #told: Connection;

  constructor(private readonly client: Client) {
    this.#told = Object.create(client.connection, { describe: { value: () => undefined } }) as Connection;
  }

  /** Throws what pg throws, and PLAN_OUTDATED for rows that are not what was described. */
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
  /** Undefined for one that was not answered yet. */
  readonly #shape: Shape | undefined;
  #isDescribed = false;

  constructor(
    statement: NamedStatement,
    answered: Answered,
    readonly shapes: Map<string, Shape>,
    readonly told: Connection,
  ) {
    // An object in their place would be copied with all its descriptors, which takes longer than the rest.
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
    // It has no rows.
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
