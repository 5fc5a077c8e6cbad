import { describeFleet } from '../../../support/fleet-checks';

/** Small; `npm run soak` runs it large, and `SEED=N` another one. */
describeFleet({ processes: 100, workers: 3, seeds: [1] });
