import { GatewayError } from '../platform/error';
import type { Transport } from '../platform/http';
import { type Clock, createRenewed, type Expiring, NEVER_CANCELLED } from '../platform/runtime';
import type { AwsCredentialSource, AwsCredentials, SigV4Signer } from './signing';

/** A role of another account that this process may take on. */
export interface AssumableRole {
  readonly arn: string;
  /** What the other account wants to be told; see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html */
  readonly externalId?: string;
}

/**
 * Credentials of a role, kept until shortly before they expire; calls at the same time share one exchange.
 *
 * @throws GatewayError 502 `upstream_auth` when AWS does not give them
 */
export type AssumeRole = (role: AssumableRole) => Promise<AwsCredentials>;

export interface AssumedRolesParts {
  readonly transport: Transport;
  readonly signer: SigV4Signer;
  /** Whose right it is to take on roles. */
  readonly credentials: AwsCredentialSource;
  readonly region: string;
  /** Where calls go instead of the Region's own endpoint. */
  readonly endpoint: string | undefined;
  readonly clock: Clock;
}

/** The longest that a role which takes on another one may have it. */
const LIFETIME_SECONDS = 3_600;
const LONGEST_ANSWER_BYTES = 64 * 1024;
const DEADLINES = { connectMs: 5_000, headersMs: 10_000, idleMs: 10_000 };
/** Names the gateway in the other account's trail. */
const SESSION = 'llm-gateway';

/**
 * Takes on roles of other accounts.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export function createAssumedRoles(parts: AssumedRolesParts): AssumeRole {
  const renewed = createRenewed<AwsCredentials>(parts.clock);
  return (role) => renewed(role.arn, () => assume(parts, role));
}

async function assume(
  { transport, signer, credentials, region, endpoint }: AssumedRolesParts,
  role: AssumableRole,
): Promise<Expiring<AwsCredentials>> {
  const form = new URLSearchParams({
    Action: 'AssumeRole',
    Version: '2011-06-15',
    RoleArn: role.arn,
    RoleSessionName: SESSION,
    DurationSeconds: String(LIFETIME_SECONDS),
    ...(role.externalId === undefined ? {} : { ExternalId: role.externalId }),
  });
  const body = Buffer.from(form.toString());
  const { origin } = new URL(endpoint ?? `https://sts.${region}.amazonaws.com`);
  const request = {
    method: 'POST' as const,
    origin,
    path: '/',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(body.length) },
    body,
    // AWS is reached at private addresses through interface endpoints; plain http only on this machine.
    network: origin.startsWith('http:') ? ('loopback' as const) : ('vpc' as const),
  };
  try {
    const signed = signer.sign(request, await credentials(), 'sts', region);
    const reply = await transport.send({ ...request, headers: { ...request.headers, ...signed } }, DEADLINES, NEVER_CANCELLED);
    return readAnswer(reply.status, (await reply.whole(LONGEST_ANSWER_BYTES)).toString('utf8'));
  } catch (cause) {
    throw new GatewayError({ code: 'upstream_auth', message: "AWS did not give the gateway the role of the provider's account.", cause });
  }
}

function readAnswer(status: number, xml: string): Expiring<AwsCredentials> {
  const text = (name: string): string => {
    const [, after = ''] = xml.split(`<${name}>`, 2);
    return after.slice(0, Math.max(0, after.indexOf(`</${name}>`)));
  };
  if (status !== 200) throw Object.assign(new Error(`AWS answered ${status}`), { name: text('Code') || 'UnknownError' });
  const expiresMs = Date.parse(text('Expiration'));
  const [accessKeyId, secretAccessKey, sessionToken] = [text('AccessKeyId'), text('SecretAccessKey'), text('SessionToken')];
  const whole = [accessKeyId, secretAccessKey, sessionToken].every((part) => /^[\x21-\x7e]+$/.test(part)) && Number.isFinite(expiresMs);
  if (!whole) throw new Error('the answer holds no credentials');
  return { value: { accessKeyId, secretAccessKey, sessionToken }, expiresMs };
}
