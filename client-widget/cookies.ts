import type { OptionalCategoryId, WidgetConfig } from './types.ts';

/**
 * Deletes the declared cookies and storage entries of withdrawn categories, on this host and the domains above it.
 * Cookies of other sites and `HttpOnly` ones are out of any script's reach.
 */
export function clearWithdrawn(
  declared: WidgetConfig['cookies'],
  withdrawn: OptionalCategoryId[],
): void {
  const patterns = withdrawn.flatMap((id) => declared[id] ?? []);
  if (!patterns.length) return;
  const isDeclared = (name: string) =>
    patterns.some((pattern) =>
      pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
    );
  try {
    const names = document.cookie.split('; ').map((pair) => pair.split('=')[0] ?? '');
    names.filter(isDeclared).forEach(expire);
    for (const storage of [localStorage, sessionStorage])
      for (const key of Object.keys(storage).filter(isDeclared)) storage.removeItem(key);
  } catch {
    // A sandboxed page has neither cookies nor storage, so there is nothing to clear.
  }
}

function expire(name: string): void {
  const labels = location.hostname.split('.');
  const domains = ['', ...labels.map((_, at) => `;Domain=${labels.slice(at).join('.')}`)];
  for (const domain of domains) document.cookie = `${name}=;Max-Age=0;Path=/${domain}`;
}
