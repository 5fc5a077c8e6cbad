import { guardrailProblem } from '../../../lib/private/contract';

const RULE = { name: 'people', detect: ['email'], action: 'mask' };
const policy = (rule: object) => ({ id: 'pii', rules: [{ ...RULE, ...rule }] });

describe('a guardrail policy', () => {
  test.each([
    { id: 'pii', rules: [RULE] },
    { id: 'empty', rules: [], media: 'refuse' },
    policy({ direction: 'input', reversible: true, locales: ['de'] }),
    policy({ action: 'route', targets: ['vllm/*'] }),
    policy({ detect: undefined, pattern: 'ACME-[0-9]{6}' }),
    policy({ detect: undefined, deny: ['project titan'], action: 'block', direction: 'output' }),
    policy({ detect: undefined, heuristic: 'prompt_attack', threshold: 0.7, action: 'flag' }),
    policy({ detect: undefined, bedrock: { guardrail_id: 'gr-1', guardrail_version: '1' }, action: 'block', on_failure: 'allow' }),
    policy({ detect: undefined, openai_moderation: { provider: 'openai', model: 'omni-moderation-latest' }, action: 'block' }),
    policy({ detect: undefined, webhook: { url: 'https://guard.example.com/v1/check', timeout_ms: 2_000 }, action: 'block' }),
  ])('is taken: %j', (value) => {
    expect(guardrailProblem(JSON.parse(JSON.stringify(value)))).toBeUndefined();
  });

  test.each([
    [null, ''],
    [{ rules: [] }, 'id'],
    [{ id: 'a b', rules: [] }, 'id'],
    [{ id: 'pii' }, 'rules'],
    [{ id: 'pii', rules: [], colour: 'red' }, 'colour'],
    [{ id: 'pii', rules: [], media: 'ask' }, 'media'],
    [{ id: 'pii', rules: [RULE, RULE] }, 'rules[1].name'],
    [policy({ detect: [] }), 'rules[0].detect'],
    [policy({ detect: undefined }), 'rules[0]'],
    [policy({ deny: ['a'] }), 'rules[0].deny'],
    [policy({ action: 'hide' }), 'rules[0].action'],
    [policy({ colour: 'red' }), 'rules[0].colour'],
    [policy({ threshold: 0.5 }), 'rules[0].threshold'],
    [policy({ on_failure: 'allow' }), 'rules[0].on_failure'],
    [policy({ reversible: true, action: 'block' }), 'rules[0].reversible'],
    [policy({ reversible: true, direction: 'output' }), 'rules[0].reversible'],
    [policy({ action: 'route' }), 'rules[0].targets'],
    [policy({ action: 'route', targets: ['vllm'] }), 'rules[0].targets[0]'],
    [policy({ action: 'route', targets: ['vllm/*'], direction: 'both' }), 'rules[0].direction'],
    [policy({ targets: ['vllm/*'] }), 'rules[0].targets'],
    [policy({ detect: undefined, heuristic: 'prompt_attack', action: 'block' }), 'rules[0].action'],
    [policy({ detect: undefined, heuristic: 'prompt_attack', action: 'flag', direction: 'output' }), 'rules[0].direction'],
    [policy({ detect: undefined, bedrock: { guardrail_id: 'gr-1' }, action: 'block' }), 'rules[0].bedrock.guardrail_version'],
    [
      policy({ detect: undefined, bedrock: { guardrail_id: 'g', guardrail_version: '1', grounding: true }, action: 'block' }),
      'rules[0].direction',
    ],
    [
      policy({ detect: undefined, bedrock: { guardrail_id: 'g', guardrail_version: '1', grounding: 1 }, action: 'block' }),
      'rules[0].bedrock.grounding',
    ],
    [policy({ detect: undefined, openai_moderation: { provider: 'openai', model: 'm' }, action: 'mask' }), 'rules[0].action'],
    [policy({ detect: undefined, webhook: { url: 'ftp://x', timeout_ms: 1 }, action: 'block' }), 'rules[0].webhook.url'],
  ])('is refused by the name of what is wrong: %j', (value, field) => {
    expect(guardrailProblem(JSON.parse(JSON.stringify(value)))?.field).toBe(field);
  });
});
