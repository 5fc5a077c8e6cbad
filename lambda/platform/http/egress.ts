import type { LookupAddress, LookupOptions } from 'node:dns';
import { lookup as resolve } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import type { OutboundRequest } from './exchange';

type Network = OutboundRequest['network'];

/** Raised by the look-up when no address of the host may be called. */
export const EGRESS_DENIED = 'EGRESS_DENIED';

/** Finds the addresses of a host; the signature of `dns.lookup` with `all`. */
export type Resolver = (
  hostname: string,
  options: LookupOptions & { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

function blocks(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address, prefix] = range.split('/') as [string, string];
    list.addSubnet(address, Number(prefix), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

const LOOPBACK = blocks(['127.0.0.0/8', '::1/128']);

/** What an organisation may number its own network with. */
const PRIVATE = blocks(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7']);

/** Metadata services, link-local and multicast addresses, and everything that stands for another address: never a provider's. */
const NEVER = blocks([
  '0.0.0.0/8',
  '169.254.0.0/16',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
  'fd00:ec2::/32',
  '100::/64',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '2001::/32',
  '2001:db8::/32',
  '2002::/16',
]);

/**
 * Whether an address may be connected to.
 *
 * `public`: only what is reachable from everywhere. `vpc`: also private addresses. `loopback`: this machine and nothing else.
 * An IPv6 address that embeds an IPv4 one is judged as the latter.
 *
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry
 */
export function isAllowedAddress(address: string, network: Network): boolean {
  const plain = embeddedIpv4(address) ?? address.replace(/%.*$/, '');
  const version = isIP(plain);
  if (version === 0) return false;
  const family = version === 6 ? 'ipv6' : 'ipv4';
  if (NEVER.check(plain, family)) return false;
  const loopback = LOOPBACK.check(plain, family);
  if (network === 'loopback') return loopback;
  return !loopback && (network === 'vpc' || !PRIVATE.check(plain, family));
}

/** The IPv4 address inside `::ffff:a.b.c.d`, `::ffff:0:a.b.c.d` or `::a.b.c.d`, however it is written. */
function embeddedIpv4(address: string): string | undefined {
  if (isIP(address) !== 6) return undefined;
  const canonical = new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname.slice(1, -1);
  const match = /^::(?:ffff:(?:0:)?)?([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical);
  if (match === null) return undefined;
  const [high, low] = [Number.parseInt(match[1] as string, 16), Number.parseInt(match[2] as string, 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/**
 * A `lookup` for sockets that lets only allowed addresses through. It runs at each connection, so a name that was public when it
 * was configured and is private now is refused.
 */
export function guardedLookup(network: Network, resolver: Resolver = resolve as Resolver) {
  return (
    hostname: string,
    options: LookupOptions,
    callback: (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void,
  ): void => {
    resolver(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, []);
      const allowed = addresses.filter(({ address }) => isAllowedAddress(address, network));
      const [first] = allowed;
      if (first === undefined) {
        return callback(Object.assign(new Error('the host has no address that may be called'), { code: EGRESS_DENIED }), []);
      }
      return options.all === true ? callback(null, allowed) : callback(null, first.address, first.family);
    });
  };
}
