/** Records that were charged by a wrong price: what the right one makes of them, as records of their own. */

export { isRerated, type Rerating, rerate, rerateId } from './rerate';
