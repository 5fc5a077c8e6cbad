import { fitTools } from '../../../../lambda/wire/fitting/tools';
import type { ModelRequest } from '../../../../lambda/wire/model/request';
import type { Capabilities } from '../../../../lambda/wire/models';

const REQUEST: ModelRequest = { model: 'm', stream: false, messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }] };

function fitted(fields: Partial<ModelRequest>, can: Capabilities) {
  const dropped = new Set<string>();
  return { request: fitTools({ ...REQUEST, ...fields }, can, dropped), dropped: [...dropped] };
}

describe('tools for a model', () => {
  test.each<[string, Partial<ModelRequest>, Capabilities, string]>([
    ['that uses none', { tools: [{ name: 'a' }] }, { tools: false }, 'tools'],
    ['that cannot be made to use one', { tools: [{ name: 'a' }], toolChoice: { type: 'required' } }, { forcedTools: false }, 'tool_choice'],
    [
      'that cannot be made to use this',
      { tools: [{ name: 'a' }], toolChoice: { type: 'tool', name: 'a' } },
      { forcedTools: false },
      'tool_choice',
    ],
  ])('%s are refused by name', (_, fields, can, param) => {
    expect(() => fitted(fields, can)).toThrow(expect.objectContaining({ status: 400, code: 'unsupported_parameter', param }));
  });

  test('are taken where it may choose, and where it may not use them', () => {
    const can = { tools: false, forcedTools: false };

    expect(() => fitted({ tools: [{ name: 'a' }], toolChoice: { type: 'auto' } }, { forcedTools: false })).not.toThrow();
    expect(fitted({ tools: [{ name: 'a' }], toolChoice: { type: 'none' } }, can)).toEqual({ request: REQUEST, dropped: ['tools'] });
    expect(() => fitted({ tools: [], toolChoice: { type: 'required' } }, can)).not.toThrow();
  });

  test('how many are called at a time is not said to one that calls one', () => {
    const tools = [{ name: 'a' }];

    expect(fitted({ tools, parallelToolCalls: false }, { parallelTools: false })).toEqual({ request: { ...REQUEST, tools }, dropped: [] });
    expect(fitted({ tools, parallelToolCalls: true }, { parallelTools: false }).dropped).toEqual(['parallel_tool_calls']);
    expect(fitted({ tools, parallelToolCalls: false }, {}).request.parallelToolCalls).toBe(false);
  });
});
