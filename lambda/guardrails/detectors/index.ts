import type { GuardType } from '../../../lib/private/contract';
import { apiKey, gatewayKey } from './api-key';
import type { Detector, NumberDetector } from './detector';
import { email } from './email';
import { iban } from './iban';
import {
  corsicanRegistration,
  frenchRegistration,
  italianFiscalCode,
  nationalNumbers,
  singaporeanIdentity,
  spanishTaxNumber,
  ukNationalInsurance,
  usSocialSecurity,
} from './national';
import { ipAddress, macAddress, shortenedAddress } from './network';
import { paymentCard } from './payment-card';
import { phoneAbroad, phoneAtHome, phoneBehindNoughts, phoneInBrackets } from './phone';
import { awsSecretKey, jsonWebToken, privateKey, urlCredentials } from './secrets';

export type { Detector, NumberDetector } from './detector';
export { LONGEST_LOCAL_PART } from './email';

const DETECTORS: readonly Detector[] = [
  email,
  phoneAbroad,
  phoneBehindNoughts,
  iban,
  ukNationalInsurance,
  corsicanRegistration,
  italianFiscalCode,
  spanishTaxNumber,
  singaporeanIdentity,
  ipAddress,
  shortenedAddress,
  macAddress,
  apiKey,
  awsSecretKey,
  gatewayKey,
  privateKey,
  jsonWebToken,
  urlCredentials,
];
const NUMBER_DETECTORS: readonly NumberDetector[] = [paymentCard, usSocialSecurity, frenchRegistration, ...nationalNumbers];

/** What finds a type by its signs; telephone numbers of these countries, or of all. */
export function detectorsOf(type: GuardType, locales: readonly string[] | undefined): readonly Detector[] {
  return [...DETECTORS, phoneInBrackets(locales)].filter((detector) => detector.type === type);
}

/** What finds a type among numbers. */
export function numberDetectorsOf(type: GuardType, locales: readonly string[] | undefined): readonly NumberDetector[] {
  return [...NUMBER_DETECTORS, phoneAtHome(locales)].filter((detector) => detector.type === type);
}
