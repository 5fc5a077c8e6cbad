import type { Queues } from '../aws/queues';
import { failedItems } from './batch-response';
import type { BatchTarget, EventSourceDefinition } from './event-source-definition';

/**
 * Delivers a queue's messages to a function as Lambda does: what the function does not report as failed is deleted, the rest
 * comes back after the queue's visibility timeout, and moves to its dead-letter queue in the end.
 *
 * @returns how to stop; settles when the batch under way is done
 */
export function startQueueSource(definition: EventSourceDefinition, target: BatchTarget, queues: Queues): () => Promise<void> {
  return queues.onMessages(definition.sourceArn, definition.batchSize, async (messages) => {
    const event = { Records: queues.records(definition.sourceArn, messages) };
    const payload = await target.invokeBuffered(Buffer.from(JSON.stringify(event)), '');
    if (!definition.reportsItemFailures) return messages.map((message) => message.receiptHandle);
    const failed = failedItems(
      payload,
      messages.map((message) => message.id),
    );
    if (failed === 'all') return [];
    return messages.filter((message) => !failed.has(message.id)).map((message) => message.receiptHandle);
  });
}
