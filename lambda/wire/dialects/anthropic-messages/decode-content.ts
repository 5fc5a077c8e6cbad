import { unsupported } from '../../../platform/error';
import type { JsonObject, JsonValue } from '../../../platform/json';
import type { CachePoint, MediaSource, TextPart, UserPart } from '../../model/request';
import { defined, objectsOf, textOf } from '../../protocols/lenient';
import { mediaPart, readUrl } from '../../protocols/media';
import { mediaTypeSaid } from '../../protocols/media-types';
import {
  noteDropped,
  noteOthers,
  optionalChoice,
  optionalFlag,
  optionalObject,
  optionalObjects,
  optionalText,
  requiredObject,
  requiredText,
} from '../../protocols/strict';
import { readCitation } from './citations';

/** `cache_control`, if there is one. */
export function readCache(block: JsonObject, path: string): CachePoint | undefined {
  const control = optionalObject(block['cache_control'], `${path}.cache_control`);
  if (control === undefined) return undefined;
  const ttl = optionalChoice(control['ttl'], `${path}.cache_control.ttl`, ['5m', '1h'] as const);
  return ttl === undefined ? {} : { ttl };
}

export function readText(block: JsonObject, path: string): TextPart {
  const citations = objectsOf(block['citations']).map(readCitation);
  return defined({
    type: 'text' as const,
    text: requiredText(block['text'], `${path}.text`),
    cache: readCache(block, path),
    citations: citations.length === 0 ? undefined : citations,
  });
}

const SHARED_FIELDS = new Set(['type', 'text', 'citations', 'source', 'title', 'context', 'content', 'tool_name', 'cache_control']);

/** Text, image, document, and what stands for text; undefined when the block is of another type. */
export function readShared(block: JsonObject, path: string, dropped: string[]): UserPart | undefined {
  noteOthers(block, SHARED_FIELDS, path, dropped);
  switch (block['type']) {
    case 'text':
      return readText(block, path);
    case 'image':
    // Not one of Anthropic's own, but what other vendors have beside its pictures.
    case 'video': {
      const source = readSource(block['source'], `${path}.source`);
      return mediaPart(defined({ type: block['type'], source, cache: readCache(block, path) }));
    }
    case 'document':
      return mediaPart(
        defined({
          type: 'document' as const,
          source: readSource(block['source'], `${path}.source`),
          name: optionalText(block['title'], `${path}.title`),
          context: optionalText(block['context'], `${path}.context`),
          citations: optionalFlag(optionalObject(block['citations'], `${path}.citations`)?.['enabled'], `${path}.citations.enabled`),
          cache: readCache(block, path),
        }),
      );
    case 'search_result': {
      const texts = objectsOf(block['content']).map((part) => textOf(part['text']) ?? '');
      const head = [textOf(block['title']), textOf(block['source'])].filter((line) => line !== undefined);
      noteDropped(dropped, `${path}.citations`);
      return defined({ type: 'text' as const, text: [...head, ...texts].join('\n'), cache: readCache(block, path) });
    }
    case 'tool_reference':
      return { type: 'text', text: `The tool ${textOf(block['tool_name']) ?? ''} is available.` };
    default:
      return undefined;
  }
}

function readSource(value: JsonValue | undefined, path: string): MediaSource {
  const source = requiredObject(value, path);
  const type = requiredText(source['type'], `${path}.type`);
  switch (type) {
    case 'base64':
      return {
        kind: 'base64',
        mediaType: mediaTypeSaid(requiredText(source['media_type'], `${path}.media_type`)),
        data: requiredText(source['data'], `${path}.data`),
      };
    case 'text':
      return plainText(requiredText(source['data'], `${path}.data`));
    case 'url':
      return readUrl(requiredText(source['url'], `${path}.url`), `${path}.url`, optionalText(source['media_type'], `${path}.media_type`));
    case 'content': {
      if (typeof source['content'] === 'string') return plainText(source['content']);
      const parts = optionalObjects(source['content'], `${path}.content`) ?? [];
      return plainText(parts.map((part, index) => readText(part, `${path}.content[${index}]`).text).join('\n'));
    }
    default:
      throw unsupported(`${path}.type`, `${path} has the type ${type}, which cannot be carried to the chosen model's provider.`);
  }
}

function plainText(text: string): MediaSource {
  return { kind: 'base64', mediaType: 'text/plain', data: Buffer.from(text).toString('base64') };
}
