import { formatUsd } from '../../money/pricing';
import { invalidRequest } from '../../platform/error';
import { hasBegun } from '../days';
import { type ReratedPage, reratePage } from '../rerating';
import type { AdminRoute } from '../route';
import { ADMINS } from '../route';
import { RERATING, RERATING_CREATE } from '../schemas/reratings';

/** Requests that were charged by a wrong price. */
export const reratingRoutes: readonly AdminRoute[] = [
  {
    method: 'POST',
    path: '/reratings',
    operation: 'createRerating',
    summary: "Charge a page of a day's requests by the prices of now: the difference is added as records of its own, and rollups follow.",
    roles: ADMINS,
    body: RERATING_CREATE,
    answer: { status: 200, description: 'What changed.', schema: RERATING },
    async run({ services, caller, body }) {
      const { model, day, after, dry_run: dryRun = false } = body as { model: string; day: string; after?: string; dry_run?: boolean };
      if (!hasBegun(day, services.clock.now())) throw invalidRequest('day', 'day must be a past day or today.');
      const page = await reratePage(services, { model, day, dryRun, ...(after === undefined ? {} : { after }) }, async (sums) => {
        const { changed, change_usd } = toWire(sums);
        await services.journal.write(
          caller,
          { action: 'rerate', resource: 'price', resourceId: model, after: { day, changed, change_usd } },
          async () => undefined,
        );
      });
      return { status: 200, json: { day, ...toWire(page) } };
    },
  },
];

function toWire({ requests, changed, unpriced, beforeNanoUsd, afterNanoUsd, next }: ReratedPage) {
  return {
    requests,
    changed,
    unpriced,
    before_usd: formatUsd(beforeNanoUsd),
    after_usd: formatUsd(afterNanoUsd),
    change_usd: formatUsd(afterNanoUsd - beforeNanoUsd),
    next: next ?? null,
  };
}
