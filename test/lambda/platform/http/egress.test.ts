import { guardedLookup, isAllowedAddress } from '../../../../lambda/platform/http/egress';

const NEVER = [
  '169.254.169.254',
  'fd00:ec2::254',
  'fe80::1',
  '0.0.0.0',
  '::',
  '224.0.0.1',
  '255.255.255.255',
  '64:ff9b::a00:1',
  '2002:a00:1::',
  '2001:0:1::',
  '::ffff:169.254.169.254',
  'localhost',
  '',
];
const LOOPBACK = ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::127.0.0.1'];
const PRIVATE = ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', 'fd12:3456::1', '::ffff:10.0.0.1'];
const PUBLIC = ['1.1.1.1', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8'];

test.each(NEVER)('C04 %s is never called', (address) => {
  for (const network of ['public', 'vpc', 'loopback'] as const) expect(isAllowedAddress(address, network)).toBe(false);
});

test.each([
  ['public', { loopback: false, private: false, public: true }],
  ['vpc', { loopback: false, private: true, public: true }],
  ['loopback', { loopback: true, private: false, public: false }],
] as const)('C04 %s reaches what it names and nothing else', (network, expected) => {
  for (const address of LOOPBACK) expect([address, isAllowedAddress(address, network)]).toEqual([address, expected.loopback]);
  for (const address of PRIVATE) expect([address, isAllowedAddress(address, network)]).toEqual([address, expected.private]);
  for (const address of PUBLIC) expect([address, isAllowedAddress(address, network)]).toEqual([address, expected.public]);
});

test('C05 a name that resolves to a private address is refused, and only its public addresses are used', () => {
  const lookup = guardedLookup('public', (name, _options, callback) =>
    callback(
      null,
      name === 'mixed.example'
        ? [
            { address: '10.0.0.1', family: 4 },
            { address: '1.1.1.1', family: 4 },
          ]
        : [{ address: '127.0.0.1', family: 4 }],
    ),
  );
  const seen: unknown[] = [];

  lookup('mixed.example', { all: true }, (error, addresses) => seen.push(error, addresses));
  lookup('rebound.example', {}, (error) => seen.push((error as NodeJS.ErrnoException).code));

  expect(seen).toEqual([null, [{ address: '1.1.1.1', family: 4 }], 'EGRESS_DENIED']);
});
