export { frenchRegistration, italianFiscalCode, singaporeanIdentity, spanishTaxNumber, ukNationalInsurance } from './lettered';
export { nationalNumbers, usSocialSecurity } from './numbers';
