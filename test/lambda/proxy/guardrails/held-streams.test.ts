import { DEFAULT_DEADLINES } from '../../../../lib/private/contract';
import { readStream } from '../../../support/answers';
import { DIALECTS, MODELS } from '../../../support/fixture-places';
import { type Said, spoken } from '../../../support/spoken';
import { type Step, startUpstream, type Upstream } from '../../../support/upstream';
import { EMAIL, guardedGateway, policy, sayingOf } from './support';

/** What a caller gets of a stream while a guardrail policy holds some of it back, and where none holds. */

let upstream: Upstream;

beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.close());

const SILENT_MS = 1_500;
const SAID: Said = { text: ['write to ', 'jane.doe@', 'example.com', ' today'] };

/** The answer of a provider that waits in the midst of an address. */
function waiting(wireFormat: (typeof DIALECTS)[number]): Step[] {
  return spoken(wireFormat, SAID, true).flatMap((step) =>
    'send' in step && step.send.toString().includes('jane.doe@') ? [step, { waitMs: SILENT_MS }] : [step],
  );
}

test.each(DIALECTS)('%s: a caller whose answer is held back is kept alive, and is told none of it', async (dialect) => {
  const deadlines = { ...DEFAULT_DEADLINES, streamCommitMs: 100, heartbeatMs: 100 };
  const gateway = await guardedGateway(upstream, [policy({ direction: 'output' })], { document: { deadlines } });
  upstream.script(waiting(dialect));
  const { path, body } = sayingOf(dialect, MODELS[dialect], 'Hi', true);

  const { text } = await gateway.call(path, body);
  await gateway.close();

  const held = text.slice(text.indexOf('write to '), text.indexOf('[EMAIL_1]'));
  expect(held).toMatch(/: keep-alive\n\n|event: ping\n/);
  expect(text).not.toMatch(/jane|example/);
  expect(readStream(dialect, text).text).toBe('write to [EMAIL_1] today');
});

test.each(DIALECTS)('%s: where no policy holds each byte of a stream is as the provider wrote it', async (dialect) => {
  const gateway = await guardedGateway(upstream, [policy({ direction: 'output' }, { endpoints: ['/v1/embeddings'] })]);
  const steps = spoken(dialect, { ...SAID, text: [`to ${EMAIL}`, ' and [EMAIL_1]'] }, true);
  upstream.script(steps);
  const { path, body } = sayingOf(dialect, MODELS[dialect], 'Hi', true);

  const reply = await gateway.call(path, body);
  await gateway.close();

  const sent = steps
    .slice(1, -1)
    .map((step) =>
      'send' in step
        ? step.send
            .toString()
            .replace(/^[0-9a-f]+\r\n/, '')
            .slice(0, -2)
        : '',
    )
    .join('');
  expect(reply.text).toBe(sent);
  expect(reply.headers['x-gateway-guardrails']).toBeUndefined();
});
