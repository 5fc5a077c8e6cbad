/** The simulated provider. It is loaded only where one is configured. */

export { type Bill, startSimulatedProvider } from './server';
