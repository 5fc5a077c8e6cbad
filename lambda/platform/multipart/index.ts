/** The reader of forms. Loaded by the first call that sends one. */
export { boundaryOf, FORM_LIMITS, type FormDocument, type FormFile, type FormLimits, type FormRest, readForm } from './read-form';
