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
  const error = (code: string, text: string, hint: string): LabelError =>
    new LabelError(code, `${where()}${text}.`, {
      hint,
      details: { feature: where(), field, value: typeof value === 'bigint' ? value.toString() : value },
    });
  if (value === undefined || value === null) {
    const fields = Object.keys(properties ?? {});
    const has = fields.length === 0 ? 'no fields' : `the fields ${fields.slice(0, 20).join(', ')}`;
    throw error('missing-label', ` has no label: its field ${JSON.stringify(field)} is empty`, `It has ${has}.`);
  }
  const label = typeof value === 'bigint' ? Number(value) : value;
  if (typeof label !== 'number' || !Number.isInteger(label)) {
    throw error(
      'not-an-integer',
      `: its label ${field} is ${JSON.stringify(value)}; labels are whole numbers`,
      'Add a field with the number of each class, for example with ogr2ogr -sql.',
    );
  }
  if (label < 0 && !allowNegative) {
    throw error(
      'negative-label',
      `: its label ${field} is ${label}; classes are not negative`,
      '0 is the background; number classes from 1.',
    );
  }
  if (Math.abs(label) > MOST)
    throw error(
      'label-range',
      `: its label ${field} is ${label}, which 32 bits do not hold`,
      `Labels are at most ${MOST}.`,
    );
  return label;
}
