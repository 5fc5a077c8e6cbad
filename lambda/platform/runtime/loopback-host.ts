/** The names of this machine to itself. */
const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Whether a request that came in on a loopback port was meant for it. A page of another site can have its name lead here (DNS rebinding)
 * and then reads what it is answered; the one thing it cannot change is the name in `Host`.
 *
 * @param rawHeaders name, value, name, value, ...
 * @param port the one that the request came in on
 * @param others further names, each with any port
 */
export function isMeantForLoopback(rawHeaders: readonly string[], port: number, others: readonly string[] = []): boolean {
  const [host, ...more] = rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'host');
  const [, name = '', written] = /^(\[[0-9a-f:]+\]|[^:[\]]+)(?::(\d{1,5}))?$/i.exec(host ?? '') ?? [];
  if (more.length > 0 || name === '') return false;
  const lower = name.toLowerCase();
  return (LOOPBACK_NAMES.includes(lower) && Number(written ?? 80) === port) || others.includes(lower);
}
