/**
 * The choice as it stands in the page's cookies; empty where there is none. The domain above may have one of another
 * site: that about these purposes is ours.
 */
export function readChoice(purposesHash: string): string {
  try {
    const found = document.cookie.split('; ').filter((line) => line.startsWith('privacy_choice='));
    return found.find((line) => line.endsWith(purposesHash)) ?? found[0] ?? '';
  } catch {
    return ''; // A sandboxed page has no cookies.
  }
}

/** `line` is name and value. A choice is written when it is made, never before. */
export function writeCookie(line: string, days: number, domain: string | null | undefined): void {
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
