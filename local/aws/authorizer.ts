import { evaluate, type PolicyStatement, type RequestContext } from './iam';

/** Who calls: a function with the statements of its role's policies. */
export interface Principal {
  /** Short name, such as the function's logical id. */
  readonly id: string;
  /** Such as `arn:aws:sts::123456789012:assumed-role/<role>/<function>`. */
  readonly arn: string;
  readonly statements: readonly PolicyStatement[];
}

/** One permission that a call needs. */
export interface Access {
  /** Such as `dynamodb:GetItem`. */
  readonly action: string;
  /** ARN, or `*` for an action without a resource. */
  readonly resource: string;
  readonly context?: RequestContext;
}

/** Calls of one kind that were checked. */
export interface CheckedCall {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly allowed: boolean;
  /** Index, in the principal's statements, of the one that decided. */
  readonly statement?: number;
  /** How many calls were alike. */
  readonly count: number;
}

export interface Denial {
  readonly access: Access;
  /** As AWS words it. */
  readonly message: string;
  /** What a developer has to add. */
  readonly advice: string;
}

export interface Authorizer {
  /** Every kind of call checked so far, the newest ten thousand. */
  readonly calls: readonly CheckedCall[];
  /** Checks all of them and logs each; the first refused one is answered. */
  authorize(principal: Principal, accesses: readonly Access[]): Denial | undefined;
}

/** Resources such as objects have endless names, and a local run may last for days. */
const MOST_KINDS = 10_000;

/** @param onDenied told of each refusal, in one sentence that says which statement is missing */
export function createAuthorizer(onDenied: (advice: string, denial: Denial, principal: Principal) => void = () => undefined): Authorizer {
  const calls = new Map<string, CheckedCall>();
  return {
    get calls() {
      return [...calls.values()];
    },
    authorize(principal, accesses) {
      let first: Denial | undefined;
      for (const access of accesses) {
        const { allowed, statement } = evaluate(principal.statements, access.action, access.resource, access.context);
        const id = JSON.stringify([principal.id, access.action, access.resource, allowed, statement]);
        calls.set(id, {
          principal: principal.id,
          action: access.action,
          resource: access.resource,
          allowed,
          ...(statement === undefined ? {} : { statement }),
          count: (calls.get(id)?.count ?? 0) + 1,
        });
        if (calls.size > MOST_KINDS) calls.delete(calls.keys().next().value as string);
        if (allowed) continue;
        const denial = denialOf(principal, access, statement);
        onDenied(denial.advice, denial, principal);
        first ??= denial;
      }
      return first;
    },
  };
}

function denialOf(principal: Principal, access: Access, statement: number | undefined): Denial {
  const { action, resource } = access;
  const subject = `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${resource}`;
  if (statement !== undefined) {
    return {
      access,
      message: `${subject} with an explicit deny in an identity-based policy`,
      advice: `${principal.id} was refused ${action} on ${resource}: statement ${statement} of its role denies it`,
    };
  }
  const missing = JSON.stringify({ Effect: 'Allow', Action: action, Resource: resource });
  return {
    access,
    message: `${subject} because no identity-based policy allows the ${action} action`,
    advice: `${principal.id} was refused ${action} on ${resource}: its role lacks the statement ${missing}`,
  };
}
