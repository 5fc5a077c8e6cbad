import { BlockList, isIP, isIPv4 } from 'node:net';
import type { NetworkConfig } from './contract';

/** Addresses that no provider may have: instance metadata, Lambda's own endpoints, wrappers around IPv4, multicast. */
const NEVER = addressRanges(
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['192.0.0.0', 24],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 128],
  ['::ffff:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 32],
  ['2002::', 16],
  ['fe80::', 10],
  ['fd00:ec2::', 32],
  ['ff00::', 8],
);
/** Addresses of the function itself. */
const LOOPBACK = addressRanges(['127.0.0.0', 8], ['::1', 128]);
/** Addresses that only a private network routes. */
const PRIVATE = addressRanges(['10.0.0.0', 8], ['100.64.0.0', 10], ['172.16.0.0', 12], ['192.168.0.0', 16], ['fc00::', 7]);

/** The port at which Lambda serves a function its runtime API on loopback. */
const RUNTIME_API_PORT = '9001';

/**
 * Checks a provider's base URL against the network it may use, and answers its canonical form without a trailing slash.
 *
 * Throws when the URL is not absolute http(s), carries credentials, a query or a fragment, writes an address in an odd way,
 * or leads to an address that the network does not cover.
 */
export function checkBaseUrl(provider: string, text: string, network: NetworkConfig): string {
  const fail = (problem: string): never => {
    throw new Error(`"baseUrl" of provider "${provider}" is "${text}": ${problem}`);
  };
  if (!/^https?:\/\/[^/?#\\@\s]+(\/[^?#\\\s]*)?$/.test(text)) {
    return fail('give an absolute URL without credentials, query and fragment, for example "https://llm.example.com/v1"');
  }
  if (!URL.canParse(text)) return fail('it cannot be parsed; give an absolute URL, for example "https://llm.example.com/v1"');
  const url = new URL(text);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const written = /^https?:\/\/(\[[^\]]*\]|[^/:]+)/.exec(text)?.[1]?.replace(/^\[(.*)\]$/, '$1') ?? '';
  const address = isIP(host) !== 0;
  if (address && written.toLowerCase() !== host) return fail(`the address is not written in its usual form; write "${host}"`);
  const path = /^https?:\/\/[^/]+(\/.*)$/.exec(text)?.[1] ?? '';
  if (path.split('/').some((segment) => /^(%2e|\.){1,2}$/i.test(segment)) || /\/\/|%2f|%5c/i.test(path)) {
    return fail('the path must be plain; remove dot segments, double slashes and encoded slashes');
  }
  const problem = address ? addressProblem(host, url.port, network) : nameProblem(host, network);
  if (problem !== undefined) return fail(problem);
  if (url.protocol === 'http:' && network === 'public') {
    return fail(
      'plain http would show prompts and keys to the network; use "https://", or say where it is with "network: ProviderNetwork.loopback()" or "ProviderNetwork.vpc(vpc)"',
    );
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

function addressProblem(host: string, port: string, network: NetworkConfig): string | undefined {
  if (contains(NEVER, host))
    return 'this address is reserved (link-local, metadata, translated or multicast) and never a provider; use its host name';
  if (contains(LOOPBACK, host)) {
    if (port === RUNTIME_API_PORT) return `port ${RUNTIME_API_PORT} of the loopback is Lambda's own runtime API; use another port`;
    return network === 'loopback' ? undefined : 'this is the function\'s own loopback; say so with "network: ProviderNetwork.loopback()"';
  }
  if (network === 'loopback') return 'this is no loopback address; use "127.0.0.1" or another network';
  if (contains(PRIVATE, host) && network !== 'vpc')
    return 'this is a private address; say where it is with "network: ProviderNetwork.vpc(vpc)"';
  return undefined;
}

function nameProblem(host: string, network: NetworkConfig): string | undefined {
  if (host.endsWith('.')) return 'the host name ends with a dot; remove it';
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(host))
    return 'the host name has characters that no host name has';
  if (host === 'localhost' || host.endsWith('.localhost')) {
    return network === 'loopback' ? undefined : 'this is the function\'s own loopback; say so with "network: ProviderNetwork.loopback()"';
  }
  if (network === 'loopback') return 'this is no loopback address; use "127.0.0.1" or another network';
  if (network === 'public' && (!host.includes('.') || /\.(internal|local|localdomain|home|lan|intranet|corp|private)$/.test(host))) {
    return 'this name resolves in private networks only; say where it is with "network: ProviderNetwork.vpc(vpc)"';
  }
  return undefined;
}

function contains(ranges: Ranges, host: string): boolean {
  return isIPv4(host) ? ranges.ipv4.check(host, 'ipv4') : ranges.ipv6.check(host, 'ipv6');
}

/** One list for each family: a mixed list would match every IPv4 address against the range of mapped addresses. */
interface Ranges {
  readonly ipv4: BlockList;
  readonly ipv6: BlockList;
}

function addressRanges(...subnets: [string, number][]): Ranges {
  const ranges = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const [net, prefix] of subnets) {
    if (isIPv4(net)) ranges.ipv4.addSubnet(net, prefix, 'ipv4');
    else ranges.ipv6.addSubnet(net, prefix, 'ipv6');
  }
  return ranges;
}
