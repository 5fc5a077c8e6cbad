export { corsicanRegistration, italianFiscalCode, singaporeanIdentity, spanishTaxNumber, ukNationalInsurance } from './lettered';
export { frenchRegistration, nationalNumbers, usSocialSecurity } from './numbers';
