export { namedValues, SqliteDatabase, type SqlRow, type SqlTable } from './database.js';
export type { SqlValue } from './record.js';
export type { SqlColumn } from './table-columns.js';
