import type { Strategy } from './strategy';

/** As the route names them. */
export const ordered: Strategy = {
  order: (candidates) => candidates,
  say: () => undefined,
};
