/** GDAL's metadata in a TIFF tag: a small XML list of items. */

/** What a file says in GDAL's metadata, per file and per band. */
export interface GdalMetadata {
  readonly tags: Readonly<Record<string, string>>;
  readonly bands: readonly BandMetadata[];
  /** `PIXELTYPE=SIGNEDBYTE`: bytes are signed though the TIFF says unsigned (GDAL before 3.7). */
  readonly isSignedByte: boolean;
}

/** GDAL's metadata of one band. */
export interface BandMetadata {
  readonly description: string | null;
  readonly scale: number;
  readonly offset: number;
  readonly tags: Readonly<Record<string, string>>;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w+));/gi,
    (whole, decimal?: string, hex?: string, entity?: string) => {
      if (entity !== undefined) return ENTITIES[entity] ?? whole;
      const code = decimal !== undefined ? Number(decimal) : Number.parseInt(hex ?? '', 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}

/** Text safe inside XML elements and attributes. */
function escapeXml(text: string): string {
  return text.replace(/[<>&"]/g, (c) => `&${c === '<' ? 'lt' : c === '>' ? 'gt' : c === '&' ? 'amp' : 'quot'};`);
}

function attribute(text: string, name: string): string | undefined {
  const m = new RegExp(`\\b${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(text);
  return m ? unescapeXml(m[1] ?? m[2] ?? '') : undefined;
}

interface Item {
  readonly name: string;
  readonly sample: number | null;
  readonly role: string | undefined;
  readonly domain: string;
  readonly text: string;
}

/** Walks the items by index, so that time is linear in the length of any text. */
function* itemsOf(xml: string): Generator<Item> {
  let at = xml.indexOf('<Item');
  while (at >= 0) {
    const close = xml.indexOf('>', at);
    const end = close < 0 ? -1 : xml.indexOf('</Item>', close);
    if (end < 0) return;
    const head = xml.slice(at + 5, close);
    const sample = attribute(head, 'sample');
    yield {
      name: attribute(head, 'name') ?? '',
      sample: sample === undefined ? null : Number(sample),
      role: attribute(head, 'role'),
      domain: attribute(head, 'domain') ?? '',
      // GDAL escapes the text of items twice and reads it back so.
      text: unescapeXml(unescapeXml(xml.slice(close + 1, end))),
    };
    at = xml.indexOf('<Item', end);
  }
}

/** Parses GDAL's metadata XML for a file of `count` bands; a null or foreign text gives empty metadata. */
export function parseGdalMetadata(xml: string | null, count: number): GdalMetadata {
  const tags: Record<string, string> = {};
  const emptyBand = (): {
    description: string | null;
    scale: number;
    offset: number;
    tags: Record<string, string>;
  } => ({
    description: null,
    scale: 1,
    offset: 0,
    tags: {},
  });
  const bands = Array.from({ length: count }, emptyBand);
  let isSignedByte = false;
  for (const item of itemsOf(xml ?? '')) {
    const band = item.sample === null ? undefined : bands[item.sample];
    if (item.domain === 'IMAGE_STRUCTURE' && item.name === 'PIXELTYPE' && item.text === 'SIGNEDBYTE')
      isSignedByte = true;
    if (item.domain !== '') continue;
    if (item.sample === null) tags[item.name] = item.text;
    else if (band && item.role === 'description') band.description = item.text === '' ? null : item.text;
    else if (band && item.role === 'scale' && Number.isFinite(Number(item.text))) band.scale = Number(item.text);
    else if (band && item.role === 'offset' && Number.isFinite(Number(item.text))) band.offset = Number(item.text);
    else if (band) band.tags[item.name] = item.text;
  }
  return { tags, bands, isSignedByte };
}

const escapeTwice = (text: string): string => escapeXml(escapeXml(text));

/** GDAL's metadata XML for writing; null when there is nothing to say. Keys are sorted, so equal metadata has equal bytes. */
export function formatGdalMetadata(
  tags: Readonly<Record<string, string>>,
  bandNames: readonly (string | null)[],
): string | null {
  const lines = Object.entries(tags)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, text]) => `  <Item name="${escapeXml(name)}">${escapeTwice(text)}</Item>`);
  bandNames.forEach((name, sample) => {
    if (name !== null && name !== '')
      lines.push(`  <Item name="DESCRIPTION" sample="${sample}" role="description">${escapeTwice(name)}</Item>`);
  });
  return lines.length === 0 ? null : `<GDALMetadata>\n${lines.join('\n')}\n</GDALMetadata>\n`;
}
