import type { UsageRecord } from '../../lambda/money/record';

/** The record of a call of nothing in particular that was settled. */
export function usageRecord(fields: Partial<UsageRecord> & Pick<UsageRecord, 'id'>): UsageRecord {
  return {
    createdAt: '2026-11-24T12:00:00.000Z',
    state: 'settled',
    keyId: 'k1',
    operation: 'chat',
    dialect: 'openai-chat',
    originalModel: 'smart',
    stream: false,
    boundNanoUsd: 100n,
    costNanoUsd: 0n,
    pages: [],
    ...fields,
  };
}
