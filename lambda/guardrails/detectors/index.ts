import type { GuardType } from '../../../lib/private/contract';
import { apiKey, gatewayKey } from './api-key';
import type { Detector } from './detector';
import { email } from './email';
import { iban } from './iban';
import { paymentCard } from './payment-card';

export type { Detector } from './detector';
export { LONGEST_LOCAL_PART } from './email';

const DETECTORS: readonly Detector[] = [email, paymentCard, iban, apiKey, gatewayKey];

/** What finds a type. */
export function detectorsOf(type: GuardType, _locales: readonly string[] | undefined): readonly Detector[] {
  return DETECTORS.filter((detector) => detector.type === type);
}
