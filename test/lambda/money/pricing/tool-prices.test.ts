import { impliedUses, toolPricesOf } from '../../../../lambda/money/pricing/tool-prices';
import type { ProviderKind } from '../../../../lib/private/contract';

/** US dollars a thousand calls, as the vendors' pages list them. */
test.each<readonly [ProviderKind, string, string, number | undefined]>([
  ['anthropic', 'claude-x', 'web_search', 10],
  ['anthropic', 'claude-x', 'web_fetch', 0],
  ['anthropic', 'claude-x', 'mcp', 0],
  ['anthropic', 'claude-x', 'tool_search', 0],
  ['anthropic', 'claude-x', 'code_execution', 12.5],
  ['bedrock', 'claude-x', 'web_search', 10],
  ['bedrock', 'claude-x', 'guardrail_content', 0.15],
  ['bedrock', 'claude-x', 'guardrail_topic', 0.15],
  ['bedrock', 'claude-x', 'guardrail_sensitive_information', 0.1],
  ['bedrock', 'claude-x', 'guardrail_grounding', 0.1],
  ['bedrock', 'claude-x', 'guardrail_reasoning', 0.17],
  ['bedrock', 'claude-x', 'guardrail_content_image', 0.75],
  ['bedrock', 'claude-x', 'guardrail_any', 0.74],
  ['vertex-ai', 'claude-x', 'web_search', 10],
  ['openai', 'gpt-4.1', 'web_search', 10],
  ['openai', 'gpt-4.1', 'file_search', 2.5],
  ['openai', 'gpt-4.1', 'mcp', 0],
  ['openai', 'gpt-4.1', 'code_interpreter', 30],
  ['openai', 'gpt-4.1', 'code_interpreter:4g', 120],
  ['openai', 'gpt-4.1', 'code_interpreter:16g', 480],
  ['openai', 'gpt-4.1', 'code_interpreter:64g', 1_920],
  ['openai', 'gpt-4.1', 'image_generation', 400],
  ['openai', 'gpt-4.1', 'image_generation:gpt-image-1:low:1024x1024', 11],
  ['openai', 'gpt-4.1', 'image_generation:gpt-image-1:low:1024x1536', 16],
  ['openai', 'gpt-4.1', 'image_generation:gpt-image-1:medium:1024x1024', 42],
  ['openai', 'gpt-4.1', 'image_generation:gpt-image-1:medium:1536x1024', 63],
  ['openai', 'gpt-4.1', 'image_generation:gpt-image-1:high:1024x1024', 167],
  ['openai', 'gpt-4.1', 'image_generation:gpt-image-1:high:1024x1536', 250],
  ['openai', 'gpt-4.1', 'image_generation:gpt-image-1.5:low:1024x1024', 9],
  ['openai', 'gpt-4.1', 'image_generation:gpt-image-1.5:low:1536x1024', 13],
  ['openai', 'gpt-4.1', 'image_generation:gpt-image-1.5:medium:1024x1024', 34],
  ['openai', 'gpt-4.1', 'image_generation:gpt-image-1.5:medium:1024x1536', 50],
  ['openai', 'gpt-4.1', 'image_generation:gpt-image-1.5:high:1024x1024', 133],
  ['openai', 'gpt-4.1', 'image_generation:gpt-image-1.5:high:1536x1024', 200],
  ['openai', 'gpt-4.1', 'image_generation:gpt-image-1-mini:low:1024x1024', 5],
  ['openai', 'gpt-4.1', 'image_generation:gpt-image-1-mini:low:1024x1536', 6],
  ['openai', 'gpt-4.1', 'image_generation:gpt-image-1-mini:medium:1024x1024', 11],
  ['openai', 'gpt-4.1', 'image_generation:gpt-image-1-mini:medium:1024x1536', 15],
  ['openai', 'gpt-4.1', 'image_generation:gpt-image-1-mini:high:1024x1024', 36],
  ['openai', 'gpt-4.1', 'image_generation:gpt-image-1-mini:high:1024x1536', 52],
  ['azure-openai', 'gpt-4.1', 'code_interpreter', 33],
  ['azure-openai', 'gpt-4.1', 'file_search', 2.5],
  ['azure-openai', 'gpt-4.1', 'web_search', undefined],
  ['xai', 'grok-4', 'web_search', 5],
  ['xai', 'grok-4', 'x_search', 5],
  ['xai', 'grok-4', 'code_interpreter', 5],
  ['xai', 'grok-4', 'code_execution', 5],
  ['xai', 'grok-4', 'document_search', 5],
  ['xai', 'grok-4', 'attachment_search', 10],
  ['xai', 'grok-4', 'file_search', 2.5],
  ['xai', 'grok-4', 'collections_search', 2.5],
  ['xai', 'grok-4', 'live_search', 25],
  ['xai', 'grok-4', 'view_image', 0],
  ['groq', 'compound', 'web_search', 8],
  ['groq', 'compound', 'browser_search', 8],
  ['groq', 'compound', 'visit_website', 1],
  ['groq', 'compound', 'code_interpreter', 15],
  ['groq', 'compound', 'code_execution', 15],
  ['groq', 'compound', 'browser_automation', 6.666666],
  ['perplexity', 'sonar', 'web_search', 0],
  ['perplexity', 'sonar', 'pro_search', 8],
  ['perplexity', 'sonar', 'request:low', 5],
  ['perplexity', 'sonar', 'request:medium', 8],
  ['perplexity', 'sonar', 'request:high', 12],
  ['perplexity', 'sonar-pro', 'request:low', 6],
  ['perplexity', 'sonar-pro', 'request:medium', 10],
  ['perplexity', 'sonar-reasoning-pro', 'request:high', 14],
  ['perplexity', 'sonar-deep-research', 'request:low', undefined],
  ['perplexity', 'r1-1776', 'request:low', undefined],
  ['perplexity', 'my-sonar', 'request:low', undefined],
  ['openrouter', 'sonar', 'request:low', undefined],
  ['openai', 'gpt-4.1', 'web_search_preview', 25],
  ['openai', 'gpt-5-chat-latest', 'web_search_preview', 25],
  ['openai', 'gpt-5', 'web_search_preview', 10],
  ['openai', 'o3', 'web_search_preview', 10],
  ['openai', 'gpt-10', 'web_search_preview', 10],
  ['openai', 'my-o3', 'web_search_preview', 25],
  ['azure-openai', 'gpt-5', 'web_search_preview', undefined],
  ['mistral', 'm', 'web_search', undefined],
])('R15 at %s, %s: %s costs %s US dollars a thousand', (kind, model, unit, usd) => {
  expect(toolPricesOf(kind, model)[unit]).toBe(usd === undefined ? undefined : BigInt(Math.floor(usd * 1_000_000)));
});

test('R15 tools that a model uses unasked', () => {
  expect(impliedUses('perplexity', 'sonar')).toEqual([
    { unit: 'web_search', most: 50, tokens: 0, readOnce: true },
    { unit: 'request', most: 1, tokens: 0 },
  ]);
  expect(impliedUses('perplexity', 'sonar-deep-research')[0]).toEqual({ unit: 'web_search', most: 50, tokens: 3_000, readOnce: true });
  expect(impliedUses('groq', 'groq/compound-mini')).toEqual(
    ['web_search', 'visit_website', 'code_execution', 'browser_automation'].map((unit) => ({ unit, most: 10, tokens: 10_000 })),
  );
  expect(impliedUses('groq', 'llama-4')).toEqual([]);
  for (const kind of ['openai', 'azure-openai'] as const) {
    expect(impliedUses(kind, 'gpt-4o')).toEqual([]);
    expect(impliedUses(kind, 'gpt-4o-search-preview').map(({ most }) => most)).toEqual([1]);
    expect(impliedUses(kind, 'gpt-5-search-api-2026-01-01').map(({ most }) => most)).toEqual([1]);
  }
  for (const model of ['openai/gpt-5:online', 'perplexity/sonar', 'openai/gpt-4o-search-preview']) {
    expect(impliedUses('openrouter', model)).toEqual([{ unit: 'web_search', most: 5, tokens: 10_000 }]);
  }
  for (const model of ['openai/gpt-5', 'some/model:online-lite']) expect(impliedUses('openrouter', model)).toEqual([]);
  expect(impliedUses('mistral', 'compound-search-preview')).toEqual([]);
});
