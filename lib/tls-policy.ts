import { Token } from 'aws-cdk-lib';

/** Policies of REST APIs at regional and private endpoints, TLS 1.2 at the least. */
const ACCEPTED = /^SecurityPolicy_TLS13_1_[23]_[A-Z0-9_]+$/;

/**
 * Which versions of TLS, and which ciphers, an API of the gateway takes. None takes less than TLS 1.2.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies.html
 */
export class TlsPolicy {
  /** TLS 1.3 and 1.2, ciphers with forward secrecy only, post-quantum key exchange where the client has it. */
  static readonly TLS_1_2 = new TlsPolicy('SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09');

  /** TLS 1.3 and 1.2 by cryptography validated for FIPS 140, post-quantum key exchange where the client has it. */
  static readonly TLS_1_2_FIPS = new TlsPolicy('SecurityPolicy_TLS13_1_2_FIPS_PQ_2025_09');

  /** TLS 1.3 only. */
  static readonly TLS_1_3 = new TlsPolicy('SecurityPolicy_TLS13_1_3_2025_09');

  /** TLS 1.3 only, by cryptography validated for FIPS 140. */
  static readonly TLS_1_3_FIPS = new TlsPolicy('SecurityPolicy_TLS13_1_3_FIPS_2025_09');

  /** Any TLS 1.2 or newer with API Gateway's older set of ciphers, for a Region that does not offer the others yet. */
  static readonly TLS_1_2_LEGACY = new TlsPolicy('TLS_1_2');

  /**
   * Another policy of API Gateway's by its name.
   *
   * @param name such as `SecurityPolicy_TLS13_1_2_PQ_2025_09`; those for edge-optimized APIs, and those below TLS 1.2, are refused
   */
  static named(name: string): TlsPolicy {
    if (!Token.isUnresolved(name) && name !== TlsPolicy.TLS_1_2_LEGACY.securityPolicy && !ACCEPTED.test(name)) {
      throw new Error(
        `the TLS policy "${name}" is not one for TLS 1.2 or newer at a regional or private endpoint; ` +
          'use a constant such as TlsPolicy.TLS_1_2, or a name that begins with "SecurityPolicy_TLS13_1_2_" or "SecurityPolicy_TLS13_1_3_"',
      );
    }
    return new TlsPolicy(name);
  }

  /**
   * API Gateway's `EndpointAccessMode`, which every policy but the legacy one needs: calls must come by the API's own kind of endpoint,
   * under the host name that the TLS connection was made for.
   */
  readonly endpointAccessMode?: string;

  private constructor(
    /** API Gateway's name of the policy. */
    readonly securityPolicy: string,
  ) {
    this.endpointAccessMode = securityPolicy === 'TLS_1_2' ? undefined : 'STRICT';
  }
}
