import { unsupported } from '../../platform/error';
import type { Message, ModelRequest, TextPart } from '../model/request';
import type { Capabilities } from '../models';
import { plainTextOf } from '../protocols/media';
import { textToContinue, withMessages } from './conversation';

type Part = Message['content'][number];

/**
 * The call with what its model takes of pictures, documents, sound and films, and as the last turn only what it continues: some hosts answer,
 * and bill, as if the others had not been there. A document of plain text is text; a picture that the assistant made is left out.
 *
 * @param dropped takes `messages.images`
 * @throws GatewayError 400 `unsupported_parameter` naming the part, the turn or the field
 */
export function fitMedia(request: ModelRequest, can: Capabilities, dropped: Set<string>): ModelRequest {
  refuseOutput(request, can);
  if (can.prefill === false) refusePrefill(request.messages);
  if (can.vision !== false && can.documents !== false && can.audioInput !== false && can.videoInput !== false) return request;
  const messages = request.messages.map((message, index) => withPartsTaken(message, `messages[${index}]`, can, dropped));
  return messages.every((message, index) => message === request.messages[index]) ? request : withMessages(request, messages);
}

/** For hosts that read media by their bytes alone. @throws GatewayError 400 naming the part */
export function refuseAddresses(messages: readonly Message[]): void {
  messages.forEach(({ role, content }, index) => {
    if (role === 'user' || role === 'tool') refuseAddressesIn(content, `messages[${index}]`);
  });
}

function refuseAddressesIn(content: readonly Part[], path: string): void {
  content.forEach((part, index) => {
    const at = `${path}.content[${index}]`;
    if (part.type === 'tool-result') refuseAddressesIn(part.content, at);
    else if ('source' in part && part.source.kind === 'url')
      throw unsupported(at, `${at} is by its address, which the chosen model's provider does not fetch; send it as base64.`);
  });
}

/** For APIs that answer in text alone. @throws GatewayError 400 naming the field */
export function refuseOtherThanText({ audio, modalities = [] }: ModelRequest): void {
  const field = modalities.some((modality) => modality !== 'text') ? 'modalities' : audio === undefined ? undefined : 'audio';
  if (field !== undefined) throw unsupported(field, `${field}: the chosen model answers with text only.`);
}

function refuseOutput({ modalities = [] }: ModelRequest, can: Capabilities): void {
  const refused =
    (can.audioOutput === false && modalities.includes('audio')) || (can.imageOutput === false && modalities.includes('image'));
  if (refused) throw unsupported('modalities', 'modalities: the chosen model does not answer with all of them.');
}

function refusePrefill(messages: readonly Message[]): void {
  const last = textToContinue(messages);
  if (last === undefined) return;
  const path = `messages[${last.message}]`;
  throw unsupported(path, `${path} is the assistant's, which the chosen model does not continue; end with a turn of the user.`);
}

function withPartsTaken(message: Message, path: string, can: Capabilities, dropped: Set<string>): Message {
  const given: readonly Part[] = message.content;
  const content = given.flatMap((part, index): Part[] => {
    if (message.role !== 'assistant') return [takenPart(part, `${path}.content[${index}]`, can)];
    if (part.type !== 'image' || can.vision !== false) return [part];
    dropped.add('messages.images');
    return [];
  });
  return content.length === given.length && content.every((part, index) => part === given[index])
    ? message
    : ({ ...message, content } as Message);
}

function takenPart(part: Part, path: string, can: Capabilities): Part {
  switch (part.type) {
    case 'image':
      if (can.vision === false) throw notTaken(path, 'a picture');
      return part;
    case 'audio':
      if (can.audioInput === false) throw notTaken(path, 'sound');
      return part;
    case 'video':
      if (can.videoInput === false) throw notTaken(path, 'a film');
      return part;
    case 'document': {
      if (can.documents !== false) return part;
      const text = plainTextOf(part.source);
      if (text === undefined) throw notTaken(path, 'a document');
      return textPart([part.name, part.context, text], part.cache);
    }
    case 'tool-result': {
      const content = part.content.map(
        (inner, index) => takenPart(inner, `${path}.content[${index}]`, can) as (typeof part.content)[number],
      );
      return content.every((inner, index) => inner === part.content[index]) ? part : { ...part, content };
    }
    default:
      return part;
  }
}

function textPart(lines: readonly (string | undefined)[], cache: TextPart['cache']): TextPart {
  const text = lines.filter((line) => line !== undefined).join('\n\n');
  return cache === undefined ? { type: 'text', text } : { type: 'text', text, cache };
}

function notTaken(path: string, what: string): Error {
  return unsupported(path, `${path} is ${what}, which the chosen model does not take.`);
}
