import { notFound } from '../caller';
import { priceInForce } from '../price-in-force';
import type { AdminRoute } from '../route';
import { EVERYONE } from '../route';
import { PRICE_IN_FORCE } from '../schemas/price-in-force';

/** What models cost here. */
export const priceInForceRoutes: readonly AdminRoute[] = [
  {
    method: 'GET',
    path: '/prices-in-force/{id+}',
    operation: 'getPriceInForce',
    summary: 'Read what a model costs here at this moment: price book, deployed and run-time overrides together.',
    roles: EVERYONE,
    answer: { status: 200, description: 'The price that a call would be admitted at.', schema: PRICE_IN_FORCE },
    async run({ services, params }) {
      const id = params['id'] as string;
      const price = id.length > 256 ? undefined : await priceInForce(services, id);
      if (price === undefined) throw notFound('price of a model', id);
      return { status: 200, json: price };
    },
  },
];
