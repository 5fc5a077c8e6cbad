import { spoken } from '../../../support/spoken';
import { startUpstream, type Upstream } from '../../../support/upstream';
import { EMAIL, guardedGateway, policy, sayingOf } from './support';

/** Who is held by no policy does not pay for the code of guardrails. */

let upstream: Upstream;

beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.close());

const isLoaded = (): boolean => Object.keys(require.cache).some((path) => path.includes('/lambda/guardrails/scanner/'));

test('the code of guardrails is loaded by the first call that a policy holds for, and by none before', async () => {
  const gateway = await guardedGateway(upstream, [policy()], { document: { defaultGuardrails: [] } });
  const { id } = policy();

  for (const stream of [false, true]) {
    upstream.script(spoken('openai-chat', { text: ['fine'] }, stream));
    const { path, body } = sayingOf('openai-chat', 'chat/m', `I am ${EMAIL}`, stream);
    expect((await gateway.call(path, body)).status).toBe(200);
  }
  expect(isLoaded()).toBe(false);

  upstream.script(spoken('openai-chat', { text: ['fine'] }, false));
  const { path, body } = sayingOf('openai-chat', 'chat/m', `I am ${EMAIL}`);
  expect((await gateway.call(path, body, { 'x-gateway-guardrails': id })).status).toBe(200);
  expect(isLoaded()).toBe(true);
  await gateway.close();
});
