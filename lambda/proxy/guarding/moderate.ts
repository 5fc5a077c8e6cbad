import type { Moderate } from '../../guardrails';
import type { Transport } from '../../platform/http';
import type { ConfiguredProvider } from '../../routing';
import { joinPath } from '../../wire/providers';
import type { Gateway } from '../gateway';
import { credentialOf } from '../upstream/authorize';

export interface ModerationParts extends Pick<Gateway, 'secrets' | 'authorizer'> {
  readonly providers: readonly ConfiguredProvider[];
  readonly transport: Transport;
}

/** Asks the moderation endpoint of a configured provider, with its address and its credential. */
export function moderateBy({ providers, transport, secrets, authorizer }: ModerationParts): Moderate {
  return async ({ provider: id, model }, question) => {
    const { askByHttp, NoVerdict } = await import('../../guardrails');
    try {
      const provider = providers.find((one) => one.id === id);
      const [site] = provider?.sites() ?? [];
      if (provider === undefined || site === undefined) throw new Error(`there is no provider ${id}`);
      const headers = { 'content-type': 'application/json', accept: 'application/json', 'user-agent': 'cdk-llm-gateway' };
      const request = {
        method: 'POST' as const,
        origin: site.origin,
        path: joinPath(site.basePath, '/moderations'),
        headers,
        body: Buffer.from(JSON.stringify({ model, input: question.texts })),
        network: provider.network,
      };
      const proof = await authorizer.authorize(provider.definition.auth, await credentialOf(secrets, provider, false), request);
      return await askByHttp(transport, { ...request, headers: { ...headers, ...proof } }, question);
    } catch (error) {
      throw error instanceof NoVerdict ? error : new NoVerdict('refused', error);
    }
  };
}
