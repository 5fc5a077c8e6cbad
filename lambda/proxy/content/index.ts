/** What is kept of contents, and how. Loaded only where the deployment has a place for them. */
export { createContentLog } from './tap';
