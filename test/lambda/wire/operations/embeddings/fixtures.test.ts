import type { JsonObject } from '../../../../../lambda/platform/json/value';
import { embeddingsDialect, embeddingsProtocol } from '../../../../support/embeddings';
import { embeddingsFixtures } from '../../../../support/fixtures';
import { targetFacts } from '../../../../support/target';

/** Vectors of every family that the gateway knows, as OpenAI's callers ask for them and read them. */

const rows = embeddingsFixtures().map((fixture) => [fixture.id, fixture] as const);

test.each(rows)('%s is asked for as its provider documents', (_id, { wireFormat, model, quirks, request, sent }) => {
  const protocol = embeddingsProtocol(wireFormat);
  const target = targetFacts(model, { quirks: new Set<string>(quirks) });

  const encoded = protocol?.encodeRequest(embeddingsDialect.decodeRequest(request), target);

  expect(encoded).toEqual({ body: sent, dropped: [] });
});

test.each(rows)('%s reaches its caller, with its tokens', (_id, { wireFormat, response, responseHeaders, facts, request }) => {
  const protocol = embeddingsProtocol(wireFormat);
  const answer = protocol?.decodeResponse(response);
  const usage = answer?.usage ?? protocol?.headerUsage?.(responseHeaders ?? {});
  const context = { requestId: 'r', originalModel: 'vectors', createdAt: 1, wantsStreamUsage: false };

  const body = embeddingsDialect.encodeResponse(
    { vectors: answer?.vectors ?? [], ...(usage === undefined ? {} : { usage }) },
    { ...context, request: embeddingsDialect.decodeRequest(request) },
  );

  expect((body['data'] as JsonObject[]).map(({ index, embedding }) => [index, embedding])).toEqual([...facts.vectors.entries()]);
  expect((body['usage'] as JsonObject | undefined)?.['prompt_tokens']).toBe(facts.inputTokens);
});
