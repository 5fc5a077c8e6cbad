import { randomUUID } from 'node:crypto';
import type { Principal } from './authorizer';
import { Callers, type Lease } from './callers';
import { ACCESS_DENIED, type AwsAnswer, AwsError, type AwsService } from './service';
import { element, textElement } from './xml';

export interface Roles {
  /** Whoever has credentials of a role that was taken on here. */
  readonly callers: Pick<Callers, 'find'>;
  readonly service: AwsService;
}

const LIFETIME_MS = 3_600_000;
/** Of those that were taken on last. */
const MOST_LEASES = 100;

/**
 * STS's stand-in: AssumeRole over the query protocol. What a role of another account may do is said in that account, so here it may call every model of
 * Bedrock, and nothing else.
 */
export function createRoles(): Roles {
  const callers = new Callers();
  const leases: Lease[] = [];
  const answer = (status: number, body: string): AwsAnswer => ({ status, headers: { 'content-type': 'text/xml' }, body });
  return {
    callers,
    service: {
      understand(request) {
        const form = new URLSearchParams(request.body.toString('utf8'));
        const [action, role, session] = ['Action', 'RoleArn', 'RoleSessionName'].map((name) => form.get(name) ?? '') as [
          string,
          string,
          string,
        ];
        const externalId = form.get('ExternalId');
        return {
          action,
          accesses: [
            {
              action: `sts:${action}`,
              resource: role || '*',
              ...(externalId === null ? {} : { context: { 'sts:ExternalId': [externalId] } }),
            },
          ],
          run() {
            if (action !== 'AssumeRole') throw new AwsError('InvalidAction', `the local STS does not know ${action}`);
            const name = /^arn:aws[a-z-]*:iam::\d{12}:role\/(.+)$/.exec(role)?.[1];
            if (name === undefined || !/^[\w+=,.@-]{2,64}$/.test(session))
              throw new AwsError('ValidationError', 'RoleArn or RoleSessionName is none');
            const lease = callers.admit(principalOf(role, name, session));
            leases.push(lease);
            if (leases.length > MOST_LEASES) leases.shift()?.end();
            const { accessKeyId, secretAccessKey, sessionToken } = lease.credentials;
            const credentials = element(
              'Credentials',
              textElement('AccessKeyId', accessKeyId),
              textElement('SecretAccessKey', secretAccessKey),
              textElement('SessionToken', sessionToken),
              textElement('Expiration', new Date(Date.now() + LIFETIME_MS).toISOString()),
            );
            const metadata = element('ResponseMetadata', textElement('RequestId', randomUUID()));
            return answer(
              200,
              `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">${element('AssumeRoleResult', credentials)}${metadata}</AssumeRoleResponse>`,
            );
          },
        };
      },
      refuse(error) {
        const denied = error.code === ACCESS_DENIED;
        const detail = [
          textElement('Type', 'Sender'),
          textElement('Code', denied ? 'AccessDenied' : error.code),
          textElement('Message', error.message),
        ];
        return answer(denied ? 403 : error.status, element('ErrorResponse', element('Error', ...detail)));
      },
    },
  };
}

function principalOf(role: string, name: string, session: string): Principal {
  const account = role.split(':')[4];
  return {
    id: name,
    arn: `arn:aws:sts::${account}:assumed-role/${name}/${session}`,
    statements: [{ Effect: 'Allow', Action: 'bedrock:*', Resource: '*' }],
  };
}
