/** Headers of pages. Source: Apache Parquet, parquet.thrift, PageHeader. */
import type { ThriftReader } from './thrift.js';

/** Codecs. */
export const [UNCOMPRESSED, SNAPPY] = [0, 1];
/** The first version of pages, which all writers write by default. */
export const DATA_PAGE = 0;
/** The encoding of values as they are. */
export const PLAIN = 0;

/** Type of a page, bytes unpacked and stored, how many values, nulls included, and in which encoding; −1 where not said. */
export interface PageHeader {
  readonly type: number;
  readonly full: number;
  readonly stored: number;
  readonly values: number;
  readonly encoding: number;
}

/** The header at the place of the reader, which then is at the page. */
export function readPageHeader(r: ThriftReader): PageHeader {
  const h = { type: -1, full: -1, stored: -1, values: -1, encoding: -1 };
  r.struct((id) => {
    if (id === 1) h.type = r.integer();
    else if (id === 2) h.full = r.integer();
    else if (id === 3) h.stored = r.integer();
    else if (id === 5)
      r.struct((field) => {
        if (field === 1) h.values = r.integer();
        else if (field === 2) h.encoding = r.integer();
        else return false;
        return true;
      });
    else return false;
    return true;
  });
  return h;
}
