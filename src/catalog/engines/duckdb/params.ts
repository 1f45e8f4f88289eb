/** Parameters of a statement while it is written. */
import type { DuckDBType, DuckDBValue } from '@duckdb/node-api';
import type { Scalar } from '../../types.js';
import type { Duckdb } from './driver.js';
import type { Bindings } from './predicate.js';
import type { Params } from './session.js';

/** Values to bind, by name. Numbers are bound as doubles, which they are. */
export class ParamList implements Bindings {
  readonly #api: Duckdb;
  readonly #values: Record<string, DuckDBValue> = {};
  readonly #types: Record<string, DuckDBType | undefined> = {};

  constructor(api: Duckdb) {
    this.#api = api;
  }

  value(value: Scalar): string {
    return this.#add(value, typeof value === 'number' ? this.#api.DOUBLE : undefined);
  }

  time(micros: number): string {
    return this.#add(new this.#api.DuckDBTimestampValue(BigInt(Math.round(micros))), this.#api.TIMESTAMP);
  }

  #add(value: DuckDBValue, type: DuckDBType | undefined): string {
    const name = `p${Object.keys(this.#values).length}`;
    this.#values[name] = value;
    this.#types[name] = type;
    return `$${name}`;
  }

  /** Those that a statement names: a test that was given up has left its own behind. */
  used(sql: string): Params {
    const named = new Set(sql.match(/\$p\d+/g) ?? []);
    const values = Object.fromEntries(Object.entries(this.#values).filter(([name]) => named.has(`$${name}`)));
    return { values, types: this.#types };
  }
}
