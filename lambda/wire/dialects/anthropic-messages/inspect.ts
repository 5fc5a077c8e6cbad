import { invalidRequest } from '../../../platform/error';
import type { JsonObject } from '../../../platform/json';
import { settingsAskedIn } from '../../protocols/asked-settings';
import { arrayOf, nonEmptyText, objectOf, objectsOf, textOf } from '../../protocols/lenient';
import { MediaFinder } from '../../protocols/media-parts';
import { nativeFieldsOf } from '../../protocols/native-fields';
import type { CallEnvelope, CallFacts } from '../../protocols/protocol';
import {
  checkSchema,
  optionalCount,
  optionalFlag,
  optionalObject,
  optionalText,
  requiredMessages,
  requiredText,
} from '../../protocols/strict';
import { pricedTier } from './priced-tier';
import { inspectTools } from './server-tools';

/** What a walk over the content finds. */
interface Found {
  cacheWrite: '5m' | '1h' | undefined;
}

/** Bodies of `count_tokens` pass too: `max_tokens` may be absent. @see https://docs.claude.com/en/api/messages */
export function inspect(body: JsonObject, envelope?: CallEnvelope): CallFacts {
  const model = requiredText(body['model'], 'model');
  if (model === '') throw invalidRequest('model', 'model must not be empty.');
  const messages = requiredMessages(body['messages']);
  const found: Found = { cacheWrite: undefined };
  const media = new MediaFinder((part) => noteCache(part, found));
  noteCache(body, found);
  media.add(body['system']);
  messages.forEach((message, index) => {
    requiredText(message['role'], `messages[${index}].role`);
    media.add(message);
  });
  const tools = inspectTools(body, (tool) => noteCache(tool, found));
  const answersBySchema = checkFormat(body);
  const maxOutputTokens = optionalCount(body['max_tokens'], 'max_tokens', 1);
  optionalText(body['speed'], 'speed');
  optionalText(body['inference_geo'], 'inference_geo');
  const nativeFields = nativeFieldsOf(body);
  const serviceTier = pricedTier(body, optionalText(body['service_tier'], 'service_tier'));

  return {
    model,
    stream: optionalFlag(body['stream'], 'stream') ?? false,
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    maxOutputField: 'max_tokens',
    choices: 1,
    wantsStreamUsage: true,
    ...tools,
    storedReferences: [],
    media: media.found,
    ...(serviceTier === undefined ? {} : { serviceTier }),
    ...(found.cacheWrite === undefined ? {} : { cacheWrite: found.cacheWrite }),
    ...(compacts(body) ? { compacts: true } : {}),
    ...(asksLongWindow(envelope) ? { asksWindow: 1_000_000 } : {}),
    ...effortWithTools(body),
    ...(nativeFields.length === 0 ? {} : { nativeFields }),
    ...(answersBySchema ? { answersBySchema } : {}),
    ...asksOf(body, messages),
  };
}

function asksOf(body: JsonObject, messages: readonly JsonObject[]): Pick<CallFacts, 'asks'> {
  const effort = textOf(objectOf(body['output_config'])?.['effort']);
  const adapts = objectOf(body['thinking'])?.['type'] === 'adaptive';
  const between = messages.some(({ role }) => role === 'system');
  const settings = settingsAskedIn(body);
  if (effort === undefined && !adapts && !between && settings === undefined) return {};
  return {
    asks: {
      ...(effort === undefined ? {} : { effort }),
      ...(adapts ? { adaptiveThinking: true } : {}),
      ...(between ? { systemBetweenTurns: true } : {}),
      ...(settings === undefined ? {} : { settings }),
    },
  };
}

function effortWithTools(body: JsonObject): Pick<CallFacts, 'effortWithTools'> {
  const thinking = textOf(objectOf(body['thinking'])?.['type']);
  if (arrayOf(body['tools']).length === 0 || thinking === 'disabled') return {};
  const asked = thinking !== undefined || (objectOf(body['output_config'])?.['effort'] ?? null) !== null;
  return { effortWithTools: asked ? 'asked' : 'unsaid' };
}

/** Whether the answer is to keep to a schema. */
function checkFormat(body: JsonObject): boolean {
  const format = optionalObject(
    optionalObject(body['output_config'], 'output_config')?.['format'] ?? body['output_format'],
    'output_config.format',
  );
  if (format !== undefined) checkSchema(format, 'output_config.format');
  return format !== undefined;
}

/** A header that is forwarded switches it on. @see https://docs.claude.com/en/docs/build-with-claude/context-windows */
function asksLongWindow(envelope: CallEnvelope | undefined): boolean {
  const asked = envelope?.headers?.['anthropic-beta'];
  return asked !== undefined && /context-1m/i.test(String(asked));
}

/** @see https://docs.claude.com/en/docs/build-with-claude/compaction */
function compacts(body: JsonObject): boolean {
  return objectsOf(objectOf(body['context_management'])?.['edits']).some(({ type }) => textOf(type)?.startsWith('compact') === true);
}

function noteCache(block: JsonObject, found: Found): void {
  // `caching` is what an advisor's own reading is kept by.
  const control = objectOf(block['cache_control']) ?? objectOf(block['caching']);
  if (control === undefined) return;
  const life = nonEmptyText(control['ttl']) === '1h' ? '1h' : '5m';
  if (found.cacheWrite !== '1h') found.cacheWrite = life;
}
