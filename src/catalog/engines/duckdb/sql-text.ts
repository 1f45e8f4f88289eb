/** Names and texts in SQL. */

/** A quoted identifier. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A quoted text, for the few places where DuckDB takes no parameter. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A path that DuckDB takes as it is: a character class of one character is that character, so nothing is a pattern. */
export const plainPath = (file: string): string => file.replace(/[[*?]/g, '[$&]');

/** A list of paths. */
export const pathList = (files: readonly string[]): string => `[${files.map((f) => literal(plainPath(f))).join(', ')}]`;
