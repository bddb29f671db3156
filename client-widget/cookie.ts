export function readCookies(): string {
  try {
    return document.cookie;
  } catch {
    return ''; // A sandboxed page has none.
  }
}

/** `line` is name and value. A choice is written when it is made, never before. */
export function writeCookie(line: string, days: number, domain: string | null): void {
  const isBelow = domain && `.${location.hostname}`.endsWith(`.${domain}`);
  try {
    document.cookie =
      `${line};Max-Age=${days * 86_400};Path=/;SameSite=Lax` +
      (isBelow ? `;Domain=${domain}` : '') +
      (location.protocol === 'https:' ? ';Secure' : '');
  } catch {
    // The choice then lasts for the page.
  }
}
