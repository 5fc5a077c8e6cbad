import { createOverrideStore } from '../../lambda/aws/dynamodb';
import type { ModelOverride } from '../../lambda/routing';
import type { TestGateway } from './gateway';
import { TABLE_NAMES } from './memory-dynamodb';

/** Says something of a model, as an administrator does at run time. */
export async function say(
  table: TestGateway['table'],
  id: string,
  said: Omit<ModelOverride, 'id' | 'generation' | 'updatedAt'>,
): Promise<void> {
  const store = createOverrideStore(table, TABLE_NAMES.identity);
  const before = await store.get('model', id);
  const generation = (before?.generation ?? 0) + 1;
  await store.put('model', { ...said, id, generation, updatedAt: '2026-11-30T00:00:00.000Z' }, before?.generation);
}
