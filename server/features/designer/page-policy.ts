/** One Content-Security-Policy, by directive. */
type Policy = ReadonlyMap<string, readonly string[]>;

const policyOf = (text: string): Policy =>
  new Map(
    text
      .split(';')
      .map((part) => part.trim().split(/\s+/u))
      .filter(([name = '']) => name !== '')
      .map(([name = '', ...sources]) => [name.toLowerCase(), sources]),
  );

/** Several policies may come in one header, with commas between; each of them has to agree. */
export const policiesIn = (texts: readonly string[]): Policy[] =>
  texts
    .flatMap((text) => text.split(','))
    .map(policyOf)
    .filter((policy) => policy.size > 0);

const sourcesFor = (policy: Policy, ...directives: string[]) =>
  directives.map((name) => policy.get(name)).find((sources) => sources !== undefined);

/** Whether a source expression lets an address through (CSP 3, section 6.7.2.8), as far as hosts go. */
function matches(source: string, target: URL, page: URL): boolean {
  const expression = source.toLowerCase();
  if (expression === '*') return /^https?:$/u.test(target.protocol);
  if (expression === "'self'") return target.origin === page.origin;
  if (/^[a-z][a-z\d+.-]*:$/u.test(expression)) return target.protocol === expression;
  const [, scheme, host = '', port, path = ''] =
    /^(?:([a-z][a-z\d+.-]*):\/\/)?([^/:]+)(?::(\d+|\*))?(\/.*)?$/u.exec(expression) ?? [];
  if (scheme !== undefined && `${scheme}:` !== target.protocol) return false;
  const isHost = host.startsWith('*.')
    ? target.hostname.endsWith(host.slice(1))
    : host === target.hostname;
  if (!isHost) return false;
  if (port !== undefined && port !== '*' && port !== target.port) return false;
  if (path === '' || path === '/') return true;
  return path.endsWith('/')
    ? target.pathname.toLowerCase().startsWith(path)
    : target.pathname.toLowerCase() === path;
}

/** Whether every policy of a page lets a script from an address run. `nonce` is what its tag carries. */
export const letsScriptRun = (
  policies: readonly Policy[],
  script: URL,
  page: URL,
  nonce: string | undefined,
): boolean =>
  policies.every((policy) => {
    const sources = sourcesFor(policy, 'script-src-elem', 'script-src', 'default-src');
    if (sources === undefined) return true;
    if (nonce !== undefined && nonce !== '' && sources.includes(`'nonce-${nonce}'`)) return true;
    // With it, addresses count for nothing.
    if (sources.includes("'strict-dynamic'")) return false;
    return sources.some((source) => matches(source, script, page));
  });

/** Whether every policy of a page lets it send to an address. */
export const letsConnect = (policies: readonly Policy[], target: URL, page: URL): boolean =>
  policies.every(
    (policy) =>
      sourcesFor(policy, 'connect-src', 'default-src')?.some((source) =>
        matches(source, target, page),
      ) ?? true,
  );
