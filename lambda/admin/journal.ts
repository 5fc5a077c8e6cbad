import type { AuditedResource } from '../../lib/private/contract';
import type { AuditEntry, DynamoDbConnector } from '../aws/dynamodb';
import { createAuditStore, createIdentityStore, createOverrideStore } from '../aws/dynamodb';
import type { IdentityStore } from '../identity';
import type { JsonObject } from '../platform/json';
import type { Clock } from '../platform/runtime';
import { uuidV7 } from '../platform/runtime';
import type { WriteResult } from '../platform/stored';
import type { OverrideStore } from '../routing';
import type { Caller } from './caller';
import { beginTransaction } from './transaction';

/** What a change was, beside who made it and when. */
export interface Change {
  readonly action: string;
  readonly resource: AuditedResource;
  readonly resourceId: string;
  readonly teamId?: string;
  /** As callers see it, so without secrets. */
  readonly before?: JsonObject;
  readonly after?: JsonObject;
}

/** Stores whose writes are committed together with the audit entry. */
export interface JournalStores {
  readonly identity: Pick<IdentityStore, 'create' | 'replace' | 'remove' | 'confirm'>;
  readonly overrides: Pick<OverrideStore, 'put' | 'remove'>;
}

/** The one way in which the admin API changes anything: the change and its audit entry, both or neither. */
export interface Journal {
  /** `conflict`: the row was not what the writer believed; nothing was written. */
  write(caller: Caller, change: Change, work: (stores: JournalStores) => Promise<unknown>): Promise<WriteResult>;
}

export interface JournalTables {
  readonly identity: string;
  readonly audit: string;
}

export function createJournal(connector: DynamoDbConnector, tables: JournalTables, clock: Clock): Journal {
  return {
    async write(caller, change, work) {
      const now = clock.now();
      const id = uuidV7(now);
      const transaction = beginTransaction(connector, id);
      await work({
        identity: createIdentityStore(transaction.connector, tables.identity),
        overrides: createOverrideStore(transaction.connector, tables.identity),
      });
      const entry: AuditEntry = {
        id,
        at: new Date(now).toISOString(),
        actor: caller.keyId,
        actorRole: caller.role,
        ...change,
      } as AuditEntry;
      await createAuditStore(transaction.connector, tables.audit).append(entry);
      return transaction.commit();
    },
  };
}
