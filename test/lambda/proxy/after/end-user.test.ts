import { compatible, startGateway } from '../../../support/gateway';
import { jsonReply, startUpstream } from '../../../support/upstream';

const ANSWER = {
  id: 'c',
  object: 'chat.completion',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
};
const MESSAGES = [{ role: 'user', content: 'hello' }];

test.each([
  ['/v1/chat/completions', { messages: MESSAGES, user: 'ann' }, 'ann'],
  ['/v1/chat/completions', { messages: MESSAGES, user: 'ann', safety_identifier: 'a1' }, 'a1'],
  ['/v1/chat/completions', { messages: MESSAGES, metadata: { user_id: 'ann' } }, undefined],
  ['/v1/chat/completions', { messages: MESSAGES, user: 'x'.repeat(300) }, 'x'.repeat(128)],
  ['/v1/responses', { input: 'hello', safety_identifier: 'a2', store: false }, 'a2'],
  ['/v1/messages', { messages: MESSAGES, metadata: { user_id: 'a3' } }, 'a3'],
  ['/v1/messages', { messages: MESSAGES }, undefined],
])('%s %j: the record tells on whose behalf the call was', async (path, body, endUser) => {
  const upstream = await startUpstream();
  upstream.script(jsonReply(ANSWER));
  const gateway = await startGateway({ document: { providers: [compatible('up', upstream.origin)] } });
  try {
    const reply = await gateway.call(path, { model: 'up/m', [path === '/v1/responses' ? 'max_output_tokens' : 'max_tokens']: 16, ...body });
    await gateway.settled();

    expect(reply.status).toBe(200);
    expect(gateway.records().map((record) => record.endUser)).toEqual([endUser]);
    expect(JSON.stringify(gateway.log)).not.toContain('"a3"');
  } finally {
    await gateway.close();
    await upstream.close();
  }
});
