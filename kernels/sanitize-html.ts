/** HTML of outputs reduced to what a page without script may hold: an allow-list of tags and attributes. */

const TAGS = new Set(
  'a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre s samp small span strong sub summary sup table tbody td tfoot th thead tr u ul var'.split(
    ' ',
  ),
);
const ATTRIBUTES = new Set('align alt colspan height href rowspan scope src title width'.split(' '));
/** Elements whose content goes with them. */
const DROPPED = 'script style iframe object embed noscript template textarea title svg math head'.split(' ');

/** Escapes text for content and attributes. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** Markup with everything removed that could run, fetch or restyle the page. */
export function sanitizeHtml(markup: string): string {
  let text = markup.replace(/<!--[\s\S]*?(?:-->|$)/g, '');
  for (const tag of DROPPED) text = text.replace(new RegExp(`<${tag}\\b[\\s\\S]*?(?:</${tag}\\s*>|$)`, 'gi'), '');
  // No `<` inside a tag, not even quoted: the search for its end must not run to the end of the text from every `<`.
  return text.replace(
    /<(\/?)([a-z][a-z0-9]*)((?:[^<>"']|"[^"<]*"|'[^'<]*')*)>|</gi,
    (whole, slash: string | undefined, tag: string | undefined, attributes: string | undefined) => {
      if (tag === undefined) return whole === '<' ? '&lt;' : '';
      const name = tag.toLowerCase();
      if (!TAGS.has(name)) return '';
      return slash ? `</${name}>` : `<${name}${safeAttributes(attributes ?? '')}>`;
    },
  );
}

function safeAttributes(text: string): string {
  let kept = '';
  for (const match of text.matchAll(/(?<![a-z-])([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi)) {
    const name = (match[1] ?? '').toLowerCase();
    const value = decode(match[2] ?? match[3] ?? match[4] ?? '');
    if (!ATTRIBUTES.has(name)) continue;
    if (name === 'href' && !/^(https?:|#|mailto:)/i.test(value)) continue;
    if (name === 'src' && !/^data:image\/(png|jpeg|gif|webp);base64,/i.test(value)) continue;
    kept += ` ${name}="${escapeText(value)}"`;
  }
  return kept;
}

/** Entities that could hide a scheme are read before the check. */
function decode(value: string): string {
  return value
    .replace(/&#x([0-9a-f]{1,6});?/gi, (_, hex: string) => codePoint(parseInt(hex, 16)))
    .replace(/&#(\d{1,7});?/g, (_, dec: string) => codePoint(Number(dec)))
    .replace(
      /&(amp|lt|gt|quot|colon|tab|newline);/gi,
      (whole, name: string) =>
        ({ amp: '&', lt: '<', gt: '>', quot: '"', colon: ':', tab: '', newline: '' })[name.toLowerCase()] ?? whole,
    )
    .trim();
}

function codePoint(code: number): string {
  return code > 0x1f && code <= 0x10ffff ? String.fromCodePoint(code) : '';
}
