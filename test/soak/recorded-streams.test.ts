import { anthropicMessages } from '../../lambda/wire/dialects/anthropic-messages';
import { openAiChat } from '../../lambda/wire/dialects/openai-chat';
import { openAiResponses } from '../../lambda/wire/dialects/openai-responses';
import { bedrockConverse } from '../../lambda/wire/protocols/bedrock-converse';
import { gemini } from '../../lambda/wire/protocols/gemini';
import type { Dialect, EncodeContext, Protocol } from '../../lambda/wire/protocols/protocol';
import { eachRecorded, framesOf, type Recorded, recordings, responseBytes } from '../support/recorded';

/** Every recorded stream, cut in two at every byte and written byte by byte, through framing, decoder and encoder. */

const PROTOCOLS: Readonly<Record<string, Protocol>> = {
  'openai-chat': openAiChat,
  'openai-responses': openAiResponses,
  'anthropic-messages': anthropicMessages,
  'bedrock-converse': bedrockConverse,
  'gemini-generate-content': gemini,
};
const DIALECTS: readonly Dialect[] = [openAiChat, openAiResponses, anthropicMessages];

jest.setTimeout(600_000);

const CONTEXT: EncodeContext = {
  requestId: 'req-1',
  originalModel: 'smart',
  createdAt: 1_700_000_000,
  wantsStreamUsage: true,
  request: { model: 'smart', messages: [], stream: true },
};

const streams = recordings(...Object.keys(PROTOCOLS)).filter(
  (entry) => entry.streaming && entry.status === 200 && !entry.framing.startsWith('json-lines'),
);

function translate(entry: Recorded, bytes: Buffer, cuts: readonly number[]): string {
  const decoder = (PROTOCOLS[entry.wireFormat] as Protocol).streamDecoder();
  const encoders = DIALECTS.map((dialect) => dialect.streamEncoder(CONTEXT));
  const events = [...framesOf(entry, bytes, cuts).flatMap((frame) => decoder.decode(frame)), ...decoder.end()];
  return encoders.map((encoder) => events.map((event) => encoder.encode(event)).join('')).join('\n');
}

eachRecorded('E01 E02 %s gives every caller the same bytes however it is cut', streams, (entry) => {
  const bytes = responseBytes(entry);
  const whole = translate(entry, bytes, []);

  for (let cut = 1; cut < bytes.length; cut += 1) {
    if (translate(entry, bytes, [cut]) !== whole) throw new Error(`another answer when cut at byte ${cut}`);
  }
  const everyByte = Array.from({ length: bytes.length - 1 }, (_, index) => index + 1);
  expect(translate(entry, bytes, everyByte) === whole).toBe(true);
});
