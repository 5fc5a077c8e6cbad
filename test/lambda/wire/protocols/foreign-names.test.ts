/** Names that providers and callers choose, looked for in tables of ours. */
import { openAiPicture } from '../../../../lambda/money/pricing/media/openai';
import { GatewayError } from '../../../../lambda/platform/error';
import type { JsonObject } from '../../../../lambda/platform/json/value';
import { openAiResponses } from '../../../../lambda/wire/dialects/openai-responses';
import { forMistral } from '../../../../lambda/wire/providers/mistral-messages';
import { bytesOf, fixtures, PROTOCOLS } from '../../../support/fixtures';

/** What every object has. */
const NAMES = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'];

test.each(Object.entries(PROTOCOLS))(
  'R01 an error of %s that is named like a method of objects is an error of the provider',
  (_name, protocol) => {
    for (const name of NAMES) {
      for (const body of [
        { type: name },
        { error: { type: name, code: name } },
        { __type: name },
        { code: name },
        { error: { status: name } },
      ]) {
        const { error } = protocol.decodeError(200, body as JsonObject, {});
        expect([name, error.status, typeof error.code]).toEqual([name, expect.any(Number), 'string']);
      }
    }
  },
);

test('R01 a reason to stop that is named like a method of objects is another reason', () => {
  const KEYS = /"(finish_reason|stop_reason|stopReason|finishReason)":"[^"]*"/g;
  let changed = 0;
  for (const fixture of fixtures().filter(({ streaming, error }) => !streaming && error === undefined)) {
    for (const name of NAMES) {
      const text = bytesOf(fixture).toString('utf8').replace(KEYS, `"$1":"${name}"`);
      if (!text.includes(name)) continue;
      const { choices } = PROTOCOLS[fixture.wireFormat].decodeResponse(JSON.parse(text) as JsonObject);
      expect([fixture.id, choices[0]?.finishReason.unified]).toEqual([fixture.id, expect.stringMatching(/^(other|tool-calls|stop)$/)]);
      changed += 1;
    }
  }
  expect(changed).toBeGreaterThan(10);
});

test('R01 an item that is named like a method of objects is no call of a tool', () => {
  const usage = openAiResponses.usage({
    output: NAMES.map((type) => ({ type, status: 'completed' })),
    usage: { input_tokens: 1, output_tokens: 1 },
  });

  expect(Object.keys(usage ?? {})).not.toContain('toolCalls');
  expect(JSON.stringify(usage)).not.toMatch(/function/);
  expect(() => openAiResponses.decodeResponse({ output: 'x' })).toThrow(GatewayError);
});

test.each(NAMES)('R01 an item of a history, a role and a detail named %s are unknown ones', (name) => {
  const item = { type: name, call_id: 'c1', id: 'c1' };
  const readHistory = (): unknown =>
    openAiResponses.decodeRequest(
      { model: 'm', input: [{ role: 'user', content: 'x' }, item, { ...item, type: `${name}_output` }] },
      { headers: {} },
    );
  try {
    readHistory();
  } catch (error) {
    expect(error).toBeInstanceOf(GatewayError);
  }

  expect(forMistral({ role: name, content: 'x', own: 1 }, new Set())).toEqual({ role: name, content: 'x', own: 1 });
  expect(openAiPicture('gpt-5.6', undefined, name)).toBe(openAiPicture('gpt-5.6', undefined, undefined));
});
