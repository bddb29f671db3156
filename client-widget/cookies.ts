/** Whether a name is among these; a final `*` matches any ending. */
export function isListed(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
  );
}

/**
 * Deletes cookies, storage entries and databases of these names, on this host and the domains above it. Cookies of
 * other sites and `HttpOnly` ones are out of any script's reach. Databases take a moment: resolves when they are gone.
 */
export async function clearNames(patterns: readonly string[]): Promise<void> {
  const isMeant = (name: string) => isListed(name, patterns);
  try {
    for (const pair of document.cookie.split('; ')) {
      const [name = ''] = pair.split('=');
      if (isMeant(name)) expire(name);
    }
    for (const storage of [localStorage, sessionStorage])
      for (const key of Object.keys(storage).filter(isMeant)) storage.removeItem(key);
    for (const { name } of await indexedDB.databases())
      if (name && isMeant(name))
        await new Promise((settled) => {
          const gone = indexedDB.deleteDatabase(name);
          gone.onsuccess = gone.onerror = gone.onblocked = settled;
        });
  } catch {
    // A sandboxed page has neither cookies nor storage, so there is nothing to clear.
  }
}

/** A cookie is named by its domain and path too, and nobody can ask which it has: each it may have is tried. */
function expire(name: string): void {
  const labels = location.hostname.split('.');
  const folders = location.pathname.split('/');
  const secure = location.protocol === 'https:' ? ';Secure' : '';
  for (const domain of ['', ...labels.map((_, at) => `;Domain=${labels.slice(at).join('.')}`)])
    for (const at of folders.keys())
      for (const end of ['', '/'])
        document.cookie = `${name}=;Max-Age=0;Path=${folders.slice(0, at + 1).join('/')}${end}${domain}${secure}`;
}
