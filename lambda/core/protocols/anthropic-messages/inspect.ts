import { invalidRequest } from '../../model/error';
import type { JsonObject, JsonValue } from '../../model/json';
import { nonEmptyText, objectOf, objectsOf, textOf } from '../lenient';
import { attachmentWeight } from '../media';
import type { CallFacts } from '../protocol';
import {
  checkSchema,
  checkToolCount,
  optionalCount,
  optionalFlag,
  optionalList,
  optionalObject,
  optionalObjects,
  optionalText,
  requiredMessages,
  requiredObject,
  requiredText,
} from '../strict';
import { pricedTier } from './priced-tier';

/**
 * Tools with a type of their own that the caller runs itself.
 *
 * @see https://docs.claude.com/en/docs/agents-and-tools/tool-use/overview#client-tools
 */
const CLIENT_TOOLS = /^(?:custom|bash_\d+|text_editor_\d+|computer_\d+|memory_\d+)$/;

/** What a walk over the content finds. */
interface Found {
  attachments: number;
  cacheWrite: '5m' | '1h' | undefined;
  readonly storedReferences: string[];
}

/** Bodies of `count_tokens` pass too: `max_tokens` may be absent. @see https://docs.claude.com/en/api/messages */
export function inspect(body: JsonObject): CallFacts {
  const model = requiredText(body['model'], 'model');
  if (model === '') throw invalidRequest('model', 'model must not be empty.');
  const messages = requiredMessages(body['messages']);
  const found: Found = { attachments: 0, cacheWrite: undefined, storedReferences: [] };
  noteCache(body, found);
  inspectContent(body['system'], 'system', found);
  messages.forEach((message, index) => {
    requiredText(message['role'], `messages[${index}].role`);
    inspectContent(message['content'], `messages[${index}].content`, found);
  });
  if ((body['container'] ?? null) !== null) found.storedReferences.push('container');
  const serverTools = inspectTools(body, found);
  const maxOutputTokens = optionalCount(body['max_tokens'], 'max_tokens', 1);
  optionalText(body['speed'], 'speed');
  optionalText(body['inference_geo'], 'inference_geo');
  const serviceTier = pricedTier(body, optionalText(body['service_tier'], 'service_tier'));

  return {
    model,
    stream: optionalFlag(body['stream'], 'stream') ?? false,
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    maxOutputField: 'max_tokens',
    choices: 1,
    wantsStreamUsage: true,
    serverTools,
    storedReferences: found.storedReferences,
    attachments: found.attachments,
    ...(serviceTier === undefined ? {} : { serviceTier }),
    ...(found.cacheWrite === undefined ? {} : { cacheWrite: found.cacheWrite }),
  };
}

function inspectTools(body: JsonObject, found: Found): string[] {
  const tools = optionalList(body['tools'], 'tools') ?? [];
  checkToolCount(tools);
  const names = tools.flatMap((item, index) => {
    const tool = requiredObject(item, `tools[${index}]`);
    noteCache(tool, found);
    const type = optionalText(tool['type'], `tools[${index}].type`) ?? 'custom';
    if (!CLIENT_TOOLS.test(type)) return [type];
    const schema = objectOf(tool['input_schema']);
    if (schema !== undefined) checkSchema(schema, `tools[${index}].input_schema`);
    return [];
  });
  const servers = optionalObjects(body['mcp_servers'], 'mcp_servers') ?? [];
  const format = optionalObject(
    optionalObject(body['output_config'], 'output_config')?.['format'] ?? body['output_format'],
    'output_config.format',
  );
  if (format !== undefined) checkSchema(format, 'output_config.format');
  return [...names, ...servers.map((server) => `mcp:${textOf(server['name']) ?? ''}`)];
}

function inspectContent(content: JsonValue | undefined, path: string, found: Found): void {
  objectsOf(content).forEach((block, index) => {
    noteCache(block, found);
    const type = textOf(block['type']);
    if (type === 'image' || type === 'document') {
      const source = objectOf(block['source']);
      found.attachments += attachmentWeight(source?.['media_type'], source?.['url']);
      if (source?.['type'] === 'file') found.storedReferences.push(`${path}[${index}].source.file_id`);
      inspectContent(source?.['content'], `${path}[${index}].source.content`, found);
    } else if (type === 'container_upload') {
      found.storedReferences.push(`${path}[${index}].file_id`);
    } else if (type === 'tool_result') {
      inspectContent(block['content'], `${path}[${index}].content`, found);
    }
  });
}

function noteCache(block: JsonObject, found: Found): void {
  const control = objectOf(block['cache_control']);
  if (control === undefined) return;
  const life = nonEmptyText(control['ttl']) === '1h' ? '1h' : '5m';
  if (found.cacheWrite !== '1h') found.cacheWrite = life;
}
