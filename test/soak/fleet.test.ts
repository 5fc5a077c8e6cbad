import { describeFleet } from '../support/fleet-checks';

jest.setTimeout(900_000);

const FIRST = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1_000_000));
const PROCESSES = Number(process.env['SOAK_PROCESSES'] ?? 500);

/** Hundreds of environments, each with one call at a time, as Lambda has them. */
describeFleet({ processes: PROCESSES, workers: 1, seeds: [FIRST, FIRST + 1] });
/** And fewer that live long, with many calls each: a thousand and more in flight. */
describeFleet({ processes: Math.ceil(PROCESSES / 10), workers: 25, seeds: [FIRST] });
