import type { JsonValue } from '../../platform/json';
import { modelsInForce } from '../models-in-force';
import type { AdminRoute } from '../route';
import { EVERYONE } from '../route';
import { MODEL_IN_FORCE_LIST } from '../schemas/models';

/** What callers may ask for, with what is known of it. */
export const modelInForceRoutes: readonly AdminRoute[] = [
  {
    method: 'GET',
    path: '/models-in-force',
    operation: 'listModelsInForce',
    summary: 'List aliases and models as they stand, deployed and changed at run time, with what is known of them.',
    roles: EVERYONE,
    answer: { status: 200, description: 'All of them.', schema: MODEL_IN_FORCE_LIST },
    async run({ services }) {
      const data = (await modelsInForce(services)).map((model) => ({
        alias: model.alias,
        targets: model.targets as unknown as JsonValue,
        strategy: model.strategy,
        context_window: model.contextWindow,
        max_output_tokens: model.maxOutputTokens,
        input_usd: model.inputUsd,
        output_usd: model.outputUsd,
        end_of_life: model.endOfLife,
        overridden: model.overridden,
      }));
      return { status: 200, json: { data, next_cursor: null } };
    },
  },
];
