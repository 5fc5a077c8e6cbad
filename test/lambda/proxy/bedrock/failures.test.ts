import { readStream } from '../../../support/answers';
import { events, type Hosts, saysOk, startHosts } from '../../../support/hosts';
import { jsonReply, type SeenRequest, streamReply } from '../../../support/upstream';

/** What Bedrock refuses in the wire formats of OpenAI and Anthropic: in theirs, or in AWS's own shape. */

let hosts: Hosts;

beforeEach(async () => {
  hosts = await startHosts({ bedrock: { regions: ['us-east-1', 'us-west-2'] } });
});

afterEach(() => hosts.close());

const messages = [{ role: 'user', content: 'Hi' }];
const CALLS = {
  chat: { path: '/v1/chat/completions', body: { model: 'bedrock/openai.gpt-oss-120b-1:0', messages } },
  responses: { path: '/v1/responses', body: { model: 'bedrock/us.openai.gpt-6-sol', input: 'Hi' } },
  messages: { path: '/v1/messages', body: { model: 'bedrock/us.anthropic.claude-opus-5-5', max_tokens: 9, messages } },
} as const;
type Call = keyof typeof CALLS;
const NAMES = Object.keys(CALLS) as Call[];

const openAi = (message: string, type: string, code: string | null = null) => ({ error: { message, type, code, param: null } });
const anthropic = (message: string, type: string) => ({ type: 'error', error: { type, message } });
const aws = (message: string, exception: string) =>
  [{ message }, { 'x-amzn-errortype': `${exception}:http://internal.amazon.com/` }] as const;

function ask(name: Call, more: object = {}) {
  return hosts.ask(CALLS[name].path, { ...CALLS[name].body, ...more });
}

const regionOf = ({ headers }: SeenRequest) => /Credential=AKID\/\d{8}\/([a-z0-9-]+)\/bedrock/.exec(headers['authorization'] ?? '')?.[1];

describe.each(NAMES)('a call of %s', (name) => {
  test.each([
    [
      'in the words of its wire format',
      name === 'messages'
        ? anthropic('prompt is too long: 2 tokens > 1', 'invalid_request_error')
        : openAi("This model's maximum context length is 1 token", 'invalid_request_error'),
    ],
    [
      'in its code',
      name === 'messages'
        ? anthropic('Input is too long for requested model.', 'invalid_request_error')
        : openAi('Too much.', 'invalid_request_error', 'context_length_exceeded'),
    ],
  ])('that is too long is told so: %s', async (_name, body) => {
    hosts.upstream.script(jsonReply(body, 400));

    const answer = await ask(name);

    expect(answer.status).toBe(400);
    // Agents sum up and go on by these words.
    expect(answer.text).toMatch(name === 'messages' ? /(prompt|Input) is too long/ : /"code":"context_length_exceeded"/);
    expect(hosts.sent()).toHaveLength(1);
  });

  test.each([
    ['throttled', 429, ...aws('Too many tokens, please wait before trying again.', 'ThrottlingException')],
    [
      'throttled in its wire format',
      429,
      name === 'messages' ? anthropic('Slow down', 'rate_limit_error') : openAi('Slow down', 'rate_limit_exceeded'),
      {},
    ],
    ['out of quota', 400, ...aws('Too many requests.', 'ServiceQuotaExceededException')],
    ['not ready', 429, ...aws('Model is not ready.', 'ModelNotReadyException')],
    ['broken', 500, ...aws('Oops.', 'InternalServerException')],
    ['where its model is not', 400, ...aws('The provided model identifier is invalid.', 'ValidationException')],
    [
      'where its model is not on demand',
      400,
      name === 'messages'
        ? anthropic('Invocation of model ID x with on-demand throughput isn’t supported.', 'invalid_request_error')
        : openAi("model `x` isn't supported on this route", 'invalid_request_error'),
      {},
    ],
    ['refused for its signature', 400, ...aws('Expired.', 'ExpiredTokenException')],
    [
      'not allowed',
      401,
      name === 'messages'
        ? anthropic('no', 'authentication_error')
        : openAi(
            'User is not authorized to perform: bedrock:InvokeModel on resource: arn:aws:bedrock:us-east-1:111122223333:project/default',
            'authentication_error',
          ),
      {},
    ],
  ])('that is %s goes to the next Region', async (_name, status, body, headers) => {
    hosts.upstream.script((request, number) => (number === 1 ? jsonReply(body, status, headers) : saysOk(request)));

    const answer = await ask(name);

    expect(answer.status).toBe(200);
    expect(hosts.upstream.requests.map(regionOf)).toEqual(['us-east-1', 'us-west-2']);
    expect(answer.headers['x-gateway-attempts']).toBe('2');
  });

  test('that was throttled leaves the Region alone for as long as it asked', async () => {
    hosts.upstream.script((request, number) =>
      number === 1 ? jsonReply({ message: 'slow' }, 429, { 'retry-after': '30' }) : saysOk(request),
    );

    await ask(name);
    await ask(name);

    expect(hosts.upstream.requests.map(regionOf)).toEqual(['us-east-1', 'us-west-2', 'us-west-2']);
  });

  test('whose stream fails before it says anything goes to the next Region', async () => {
    const failed = name === 'messages' ? anthropic('Overloaded', 'overloaded_error') : openAi('The model is overloaded', 'server_error');
    const stream = `event: error\ndata: ${JSON.stringify(failed)}\n\n`;
    hosts.upstream.script((_request, number) => (number === 1 ? streamReply(stream) : jsonReply({ message: 'No.' }, 400)));

    const answer = await ask(name, { stream: true });

    expect(hosts.upstream.requests.map(regionOf)).toEqual(['us-east-1', 'us-west-2']);
    expect(answer.status).toBe(400);
  });

  test('that no Region takes is told why, without an account or a host in it', async () => {
    hosts.upstream.script(jsonReply({ message: 'User: arn:aws:sts::111122223333:assumed-role/x is not authorized' }, 403));

    const answer = await ask(name);

    expect(answer.status).toBe(502);
    expect(answer.text).not.toMatch(/arn:|111122223333|amazonaws/);
  });
});

test('a stream of Chat that breaks off midway ends in an error, and in no [DONE]', async () => {
  const begun = events({
    id: 'c',
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta: { role: 'assistant', content: 'so' }, finish_reason: null }],
  });
  hosts.upstream.script(streamReply(begun));

  const answer = await ask('chat', { stream: true });

  const read = readStream('openai-chat', answer.text);
  expect(read.text).toBe('so');
  expect(read.error).toBeDefined();
  expect(answer.text).not.toContain('[DONE]');
});
