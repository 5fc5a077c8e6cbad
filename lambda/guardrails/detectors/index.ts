import type { GuardType } from '../../../lib/private/contract';
import { apiKey, gatewayKey } from './api-key';
import type { Detector } from './detector';
import { email } from './email';
import { iban } from './iban';
import {
  frenchRegistration,
  italianFiscalCode,
  nationalNumbers,
  singaporeanIdentity,
  spanishTaxNumber,
  ukNationalInsurance,
  usSocialSecurity,
} from './national';
import { ipAddress, macAddress } from './network';
import { paymentCard } from './payment-card';
import { phone } from './phone';
import { awsSecretKey, jsonWebToken, privateKey, urlCredentials } from './secrets';

export type { Detector } from './detector';
export { LONGEST_LOCAL_PART } from './email';

const DETECTORS: readonly Detector[] = [
  email,
  paymentCard,
  iban,
  usSocialSecurity,
  ukNationalInsurance,
  ...nationalNumbers,
  frenchRegistration,
  italianFiscalCode,
  spanishTaxNumber,
  singaporeanIdentity,
  ipAddress,
  macAddress,
  apiKey,
  awsSecretKey,
  gatewayKey,
  privateKey,
  jsonWebToken,
  urlCredentials,
];

/** What finds a type; telephone numbers of these countries, or of all. */
export function detectorsOf(type: GuardType, locales: readonly string[] | undefined): readonly Detector[] {
  return [...DETECTORS, phone(locales)].filter((detector) => detector.type === type);
}
