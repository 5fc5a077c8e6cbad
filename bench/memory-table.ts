/** The store connector in memory that the bench measures the gateway with. */
export { createStandInTable as createMemoryTable } from '../lambda/proxy/warm-up/table';
