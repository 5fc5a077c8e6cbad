/** Loops of coding agents at stand-ins of the vendors, which refuse what the vendors refuse: none of them meets a refusal. */
import { FIRST, likeClaudeCode, likeCodex, likeOpenCode, nextTurn, SECOND } from './agents';
import { CLOSE_MS, type ClientGateway, describeClients, startClientGateway } from './support';
import targets from './targets.json';

const alias = (model: string): string => `for-${model.replace(/[^a-z0-9]+/g, '-')}`;

describeClients('agents', () => {
  let gateway: ClientGateway;

  beforeAll(async () => {
    Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false });
    gateway = await startClientGateway(Object.fromEntries(targets.map(({ model }) => [alias(model), model])));
  }, 30_000);
  afterAll(() => gateway.close(), CLOSE_MS);

  describe.each([
    ['claude-code', likeClaudeCode],
    ['codex', likeCodex],
    ['opencode', likeOpenCode],
  ])('%s', (_client, play) => {
    test.each(targets.map(({ vendor, model }) => [vendor, model]))('goes round its tools at %s with %s', async (_vendor, model) => {
      gateway.provider.script(nextTurn);

      const said = await play(gateway, alias(model)).catch(String);

      expect([said, gateway.provider.refusals]).toEqual([`They say ${FIRST} and ${SECOND}.`, []]);
      expect(gateway.provider.calls).toHaveLength(3);
    });
  });
});
