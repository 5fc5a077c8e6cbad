import type { ProviderKind } from '../../lib/private/contract';
import type { Operation } from '../wire/model';
import { OPERATIONS, type OperationDeclaration } from '../wire/operations';
import { type Protocols, protocols } from '../wire/protocols';
import { type ProviderDefinition, providerDefinition } from '../wire/providers';
import { matchRoute, type Router } from './before/routes';

/** What can be asked for here, where, and how it is said to callers and to providers. */
export interface Offer {
  readonly matchRoute: Router;
  readonly operations: Readonly<Record<Operation, OperationDeclaration>>;
  readonly protocols: Protocols;
  definitionOf(kind: ProviderKind): ProviderDefinition;
}

/** What `lambda/wire` declares. */
export const DECLARED_OFFER: Offer = { matchRoute, operations: OPERATIONS, protocols, definitionOf: providerDefinition };
