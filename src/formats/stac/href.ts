/** Addresses in STAC documents: relative ones, and those that carry a signature. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isRemote } from '../../io/index.js';

/** Addresses of any scheme, and GDAL's virtual file systems; a drive letter is no scheme. */
const ABSOLUTE = /^(?:[a-z][a-z0-9+.-]+:\/\/|\/vsi)/i;

/**
 * Query parameters that grant access: Azure shared access signatures (`sig` with its companions), AWS and Google signed
 * addresses, and the usual names of tokens and keys.
 */
const SECRET =
  /^(?:sig|se|sp|sv|sr|st|spr|sip|skoid|sktid|skt|ske|sks|skv|x-(?:amz|goog|oss|cos|obs)-.*|awsaccesskeyid|googleaccessid|ossaccesskeyid|signature|expires|policy|key-pair-id|token|access_?token|api_?key|apikey|key|subscription-key|jwt|auth|code|password|q-sign.*|q-ak|q-signature)$/i;

/** Whether an address stands for itself, wherever the document is. */
export function isAbsoluteHref(href: string): boolean {
  return ABSOLUTE.test(href) || path.win32.isAbsolute(href) || path.posix.isAbsolute(href);
}

/**
 * An href as a path or address that can be opened: relative ones start at the document `base` (its path or address), or
 * stay as they are without one.
 */
export function resolveHref(href: string, base: string | null): string {
  if (base !== null && isRemote(base)) {
    // A path that is absolute on a server belongs to that server.
    return ABSOLUTE.test(href) ? href : new URL(href, base).href;
  }
  if (base === null || isAbsoluteHref(href)) return href;
  const local = base.startsWith('file://') ? fileURLToPath(base) : base;
  return path.resolve(path.dirname(local), ...href.split('/'));
}

/** The address without user, password and the query parameters that grant access; other texts as they are. */
export function unsignedHref(href: string): string {
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(href)) return href;
  const [, prefix = '', userHost = '', rest = ''] = /^([^:]+:\/\/)([^/?#]*)(.*)$/s.exec(href) ?? [];
  const host = userHost.slice(userHost.lastIndexOf('@') + 1);
  const at = rest.indexOf('?');
  if (at < 0) return `${prefix}${host}${rest}`;
  const hash = rest.indexOf('#', at);
  const query = rest.slice(at + 1, hash < 0 ? undefined : hash);
  // Edited as text: what is kept stays byte for byte what it was.
  const kept = query.split('&').filter((pair) => !SECRET.test(decoded(pair.replace(/=.*$/s, ''))));
  return `${prefix}${host}${rest.slice(0, at)}${kept.length > 0 ? `?${kept.join('&')}` : ''}${hash < 0 ? '' : rest.slice(hash)}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A document as messages name it: an address without query, a path as it is. */
export function showPlace(place: string): string {
  return isRemote(place) ? unsignedHref(place).replace(/[?#].*$/s, '') : place;
}
