/** Providers' bills and usage reports, read and held against what was recorded. The command reads them too. */

export { isBillFormat, readBill, UnreadableBill } from './bill';
export { type Difference, differencesOf, type OwnUsage, TOLERATED_MILLIONTHS } from './drift';
export type { Bill, BillLine } from './lines';
