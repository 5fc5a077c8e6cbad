import type { AdminRoute } from '../route';
import { ADMINS, MANAGERS } from '../route';
import { PROJECT } from '../schemas/projects';
import { TAG } from '../schemas/tags';
import { TEAM } from '../schemas/teams';
import { USER } from '../schemas/users';
import { auditRoutes } from './audit';
import { contentRoutes } from './contents';
import { deletionRoutes } from './deletions';
import { gatewayRoutes } from './gateway';
import { keyRoutes } from './keys';
import { levelRoutes } from './levels';
import { modelInForceRoutes } from './models-in-force';
import { overrideRoutes } from './overrides';
import { priceBookRoutes } from './price-book';
import { priceInForceRoutes } from './price-in-force';
import { requestRoutes } from './requests';
import { reratingRoutes } from './reratings';
import { routeExplanationRoutes } from './route-explanation';
import { usageRoutes } from './usage';

/** Every route of the admin API. */
export const routes: readonly AdminRoute[] = [
  ...keyRoutes,
  ...levelRoutes({ kind: 'team', plural: 'teams', schemas: TEAM, writers: ADMINS }),
  ...levelRoutes({ kind: 'project', plural: 'projects', schemas: PROJECT, writers: MANAGERS }),
  ...levelRoutes({ kind: 'user', plural: 'users', schemas: USER, writers: MANAGERS }),
  ...levelRoutes({ kind: 'tag', plural: 'tags', schemas: TAG, writers: ADMINS }),
  ...gatewayRoutes,
  ...overrideRoutes,
  ...modelInForceRoutes,
  ...priceBookRoutes,
  ...priceInForceRoutes,
  ...routeExplanationRoutes,
  ...usageRoutes,
  ...requestRoutes,
  ...reratingRoutes,
  ...auditRoutes,
  ...contentRoutes,
  ...deletionRoutes,
];
