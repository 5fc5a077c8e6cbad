import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** X.509 certificates made on the spot, for what no authority would sign. */
export interface Certificate {
  /** PEM. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
  /** Signs others. */
  readonly issuer: Issuer;
}

export interface Issuer {
  readonly name: string;
  readonly privateKey: KeyObject;
}

export interface CertificateOptions {
  readonly name: string;
  /** The address it is good for. Default: 127.0.0.1. */
  readonly address?: readonly [number, number, number, number];
  /** Default: itself. */
  readonly issuer?: Issuer;
  /** Default: from yesterday until tomorrow. */
  readonly from?: Date;
  readonly until?: Date;
}

const DAY_MS = 86_400_000;
const ECDSA_WITH_SHA256 = sequence(objectId('2a8648ce3d040302'));

/** @see https://www.rfc-editor.org/rfc/rfc5280#section-4.1 */
export function makeCertificate(options: CertificateOptions): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = options.issuer ?? { name: options.name, privateKey };
  const isAuthority = options.issuer === undefined;
  const from = options.from ?? new Date(Date.now() - DAY_MS);
  const until = options.until ?? new Date(Date.now() + DAY_MS);
  const body = sequence(
    tagged(0xa0, integer(2)),
    integer(1 + Math.floor(Math.random() * 0x7fff_fffe)),
    ECDSA_WITH_SHA256,
    commonName(issuer.name),
    sequence(time(from), time(until)),
    commonName(options.name),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(
      0xa3,
      sequence(
        // basicConstraints, and subjectAltName with one IP address.
        sequence(objectId('551d13'), octets(sequence(...(isAuthority ? [tagged(0x01, Buffer.from([0xff]))] : [])))),
        sequence(objectId('551d11'), octets(sequence(tagged(0x87, Buffer.from(options.address ?? [127, 0, 0, 1]))))),
      ),
    ),
  );
  const signature = sign('sha256', body, issuer.privateKey);
  const der = sequence(body, ECDSA_WITH_SHA256, tagged(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const base64 = der.toString('base64').replace(/.{64}/g, '$&\n');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    issuer: { name: options.name, privateKey },
  };
}

function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, ...parts);
}

function octets(content: Buffer): Buffer {
  return tagged(0x04, content);
}

function objectId(hex: string): Buffer {
  return tagged(0x06, Buffer.from(hex, 'hex'));
}

/** Below 2^31, so that no sign bit is in the way. */
function integer(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  const first = bytes.findIndex((byte) => byte !== 0);
  const shortest = bytes.subarray(first);
  return tagged(0x02, (shortest[0] as number) >= 0x80 ? Buffer.concat([Buffer.from([0]), shortest]) : shortest);
}

function time(date: Date): Buffer {
  return tagged(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]|\.\d+/g, '')}`));
}

function commonName(name: string): Buffer {
  return sequence(tagged(0x31, sequence(objectId('550403'), tagged(0x0c, Buffer.from(name)))));
}
