import { loadPriceBook } from '../../lambda/money/deployed-book';
import type { RequestRecord } from '../../lambda/money/record';
import type { ProviderConfig } from '../../lib/private/contract';
import { startGateway, type TestGateway, type TestGatewayOptions, type TestReply } from './gateway';
import { jsonReply, type Step, startUpstream, type Upstream } from './upstream';

/** One call, its record, and what the gateway logged of it. */
export interface PricedCall {
  readonly reply: TestReply;
  readonly record: RequestRecord | undefined;
  readonly reserved: bigint;
  readonly charged: bigint;
  readonly log: TestGateway['log'];
}

export interface PricedGateway {
  /** Text of the header for a key of its own; it may use every server-side tool. */
  keyOf(changes?: Parameters<TestGateway['addKey']>[0]): Promise<string>;
  /** Calls with a key without limits unless told, and waits until the call is settled. */
  ask(path: string, body: object, steps: readonly Step[], headers?: Record<string, string>): Promise<PricedCall>;
}

export const HELLO = [{ role: 'user', content: 'hello' }];

/** A gateway at the prices of the book, for the tests of a file, whose providers are all one scripted server. @param more of each provider */
export function pricedGateway(
  kinds: readonly ProviderConfig['kind'][],
  more: (kind: ProviderConfig['kind']) => Partial<ProviderConfig> = () => ({}),
  options: TestGatewayOptions = {},
): PricedGateway {
  let upstream: Upstream;
  let gateway: TestGateway;
  let authorization: string;

  beforeAll(async () => {
    upstream = await startUpstream();
    const place = { baseUrl: { value: `${upstream.origin}/v1` }, network: 'loopback' } as const;
    gateway = await startGateway({
      priceBook: await loadPriceBook(),
      document: { providers: kinds.map((kind) => ({ id: kind, kind, ...place, ...more(kind) })) },
      ...options,
    });
    authorization = await keyOf();
  });

  afterAll(async () => {
    await gateway.close();
    await upstream.close();
  });

  async function keyOf(changes: Parameters<TestGateway['addKey']>[0] = {}): Promise<string> {
    return `Bearer ${await gateway.addKey({ serverTools: ['*'], ...changes })}`;
  }

  return {
    keyOf,
    async ask(path, body, steps, headers = {}) {
      upstream.script(steps);
      const seen = gateway.log.length;
      const reply = await gateway.call(path, { stream: false, ...body }, { authorization, ...headers });
      await gateway.settled();
      const record = gateway
        .records()
        .sort((left, right) => (left.id < right.id ? -1 : 1))
        .at(-1);
      const { boundNanoUsd: reserved, costNanoUsd: charged } = (record ?? {}) as { boundNanoUsd: bigint; costNanoUsd: bigint };
      return { reply, record, reserved, charged, log: gateway.log.slice(seen) };
    },
  };
}

/** An answer of Anthropic's that says hi. */
export function message(usage: object, more: object = {}): readonly Step[] {
  const content = [{ type: 'text', text: 'hi' }];
  return jsonReply({ id: 'm', type: 'message', role: 'assistant', model: 'm', content, stop_reason: 'end_turn', usage, ...more });
}

/** A chat completion that says hi. */
export function completion(usage: object, more: object = {}): readonly Step[] {
  const said = { role: 'assistant', content: 'hi' };
  return jsonReply({ model: 'm', choices: [{ index: 0, message: said, finish_reason: 'stop' }], usage, ...more });
}
