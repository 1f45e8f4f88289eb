/** The class of a feature, from one of its properties. */
import { LabelError } from '../../core/index.js';
import type { GeoJsonProperties } from 'geojson';

/** Class rasters are Int32 at most. */
const MOST = 2 ** 31 - 1;

/**
 * The label of a feature: a whole number, never rounded. Without a field it is 1.
 *
 * @param where names file and feature in messages.
 * @throws {@link LabelError} `missing-label`, `not-an-integer`, `label-range`, and `negative-label` unless `allowNegative`.
 */
export function labelOf(
  properties: GeoJsonProperties,
  field: string | undefined,
  where: () => string,
  allowNegative = false,
): number {
  if (field === undefined) return 1;
  const value: unknown = properties?.[field];
  const details = { feature: where(), field, value: typeof value === 'bigint' ? value.toString() : value };
  if (value === undefined || value === null) {
    const fields = Object.keys(properties ?? {});
    throw new LabelError('missing-label', `${where()} has no label: its field ${JSON.stringify(field)} is empty.`, {
      hint: `It has ${fields.length === 0 ? 'no fields' : `the fields ${fields.slice(0, 20).join(', ')}`}.`,
      details,
    });
  }
  const label = typeof value === 'bigint' ? Number(value) : value;
  if (typeof label !== 'number' || !Number.isInteger(label)) {
    throw new LabelError(
      'not-an-integer',
      `${where()}: its label ${field} is ${JSON.stringify(value)}; labels are whole numbers.`,
      { hint: 'Add a field with the number of each class, for example with ogr2ogr -sql.', details },
    );
  }
  if (label < 0 && !allowNegative) {
    throw new LabelError('negative-label', `${where()}: its label ${field} is ${label}; classes are not negative.`, {
      hint: '0 is the background; number classes from 1.',
      details,
    });
  }
  if (Math.abs(label) > MOST)
    throw new LabelError('label-range', `${where()}: its label ${field} is ${label}, which 32 bits do not hold.`, {
      hint: `Labels are at most ${MOST}.`,
      details,
    });
  return label;
}
