import type { Capabilities } from '../../../lib/private/contract';

/** Whose grammar names of tools have. */
export type ToolNameGrammar = NonNullable<Capabilities['toolNames']>[number];
