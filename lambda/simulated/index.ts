/** The simulated provider. It is loaded only where one is configured. */

export { startSimulatedProvider } from './server';
