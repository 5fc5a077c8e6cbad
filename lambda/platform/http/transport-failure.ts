import { EGRESS_DENIED } from './egress';
import type { TransportFailure } from './exchange';

const BY_CODE: Readonly<Record<string, TransportFailure>> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_NODATA: 'dns',
  EAI_FAIL: 'dns',
  ECONNREFUSED: 'connect',
  EHOSTUNREACH: 'connect',
  ENETUNREACH: 'connect',
  EADDRNOTAVAIL: 'connect',
  ETIMEDOUT: 'connect',
  ERR_SOCKET_CONNECTION_TIMEOUT: 'connect',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ERR_STREAM_PREMATURE_CLOSE: 'reset',
  UND_ERR_SOCKET: 'reset',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  EPROTO: 'tls',
  [EGRESS_DENIED]: 'egress_denied',
};

const CERTIFICATE = /^(CERT_|ERR_TLS_|ERR_SSL_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|ERR_OSSL)/;

/**
 * The class of a socket's or parser's error.
 *
 * @param handshaking the connection was not yet secured, so a reset belongs to TLS
 */
export function failureOf(error: NodeJS.ErrnoException, handshaking: boolean): TransportFailure {
  // Connecting to several addresses at once fails with one error that holds theirs.
  const [first] = error instanceof AggregateError ? (error.errors as NodeJS.ErrnoException[]) : [];
  const code = first?.code ?? error.code ?? '';
  if (code.startsWith('HPE_')) return 'protocol';
  if (CERTIFICATE.test(code)) return 'tls';
  const failure = BY_CODE[code] ?? 'protocol';
  return failure === 'reset' && handshaking ? 'tls' : failure;
}
