import fc from 'fast-check';
import { fitSampling } from '../../../../lambda/wire/fitting';
import type { ModelRequest } from '../../../../lambda/wire/model/request';
import type { Capabilities } from '../../../../lambda/wire/models';

const REQUEST: ModelRequest = { model: 'm', stream: false, messages: [] };

function fitted(fields: Partial<ModelRequest>, can: Capabilities) {
  const dropped = new Set<string>();
  const request = fitSampling({ ...REQUEST, ...fields }, can, dropped);
  return { request, dropped: [...dropped] };
}

test('where nothing is known of a model, nothing is taken from a call', () => {
  const settings = fc.record(
    {
      temperature: fc.double({ min: 0, max: 2 }),
      topP: fc.double({ min: 0, max: 1 }),
      topK: fc.nat(),
      seed: fc.integer(),
      verbosity: fc.constant('low'),
    },
    { requiredKeys: [] },
  );

  fc.assert(
    fc.property(settings, (fields) => {
      expect(fitted(fields, {})).toEqual({ request: { ...REQUEST, ...fields }, dropped: [] });
    }),
  );
});

test.each<[string, Partial<ModelRequest>, Capabilities, Partial<ModelRequest>, string[]]>([
  [
    'no sampling at all',
    { temperature: 0.3, topP: 0.9, topK: 5 },
    { temperature: false, topP: false, topK: false },
    {},
    ['temperature', 'top_p', 'top_k'],
  ],
  ['temperature and top_p not at once', { temperature: 0.3, topP: 0.9 }, { temperatureWithTopP: false }, { temperature: 0.3 }, ['top_p']],
  ['the one at its default goes', { temperature: 1, topP: 0.9 }, { temperatureWithTopP: false }, { topP: 0.9 }, ['temperature']],
  ['either alone stays', { topP: 0.9 }, { temperatureWithTopP: false }, { topP: 0.9 }, []],
  ['a shorter scale', { temperature: 1.7 }, { maxTemperature: 1 }, { temperature: 1 }, ['temperature']],
  [
    'a seed and penalties',
    { seed: 4, frequencyPenalty: 0.5, presencePenalty: 0 },
    { seed: false, penalties: false },
    {},
    ['seed', 'frequency_penalty'],
  ],
  [
    'settings beside an effort',
    { temperature: 0, reasoning: { effort: 'low' } },
    { samplingWithEffort: false },
    { reasoning: { effort: 'low' } },
    ['temperature'],
  ],
  [
    'settings where none is asked for',
    { temperature: 0, reasoning: { effort: 'none' } },
    { samplingWithEffort: false },
    { temperature: 0, reasoning: { effort: 'none' } },
    [],
  ],
])('%s', (_name, fields, can, kept, dropped) => {
  expect(fitted(fields, can)).toEqual({ request: { ...REQUEST, ...kept }, dropped });
});

test.each<[string, Partial<ModelRequest>, Capabilities]>([
  ['n', { choices: 2 }, { choices: false }],
  ['logprobs', { logprobs: { top: 1 } }, { logprobs: false }],
  ['logit_bias', { logitBias: { '1': 1 } }, { logitBias: false }],
  ['stop', { stop: ['</b>'] }, { stop: false }],
  ['stop', { stop: ['a', 'b', 'c', 'd', 'e'] }, { maxStop: 4 }],
])('%s would make it another answer, so it is refused by name', (param, fields, can) => {
  expect(() => fitted(fields, can)).toThrow(expect.objectContaining({ status: 400, code: 'unsupported_parameter', param }));
});
