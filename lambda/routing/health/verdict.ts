import type { GatewayError } from '../../platform/error';

/** What an attempt told about its place; with the reason where waiting does not cure it. */
export type Verdict =
  | { readonly kind: 'good' }
  /** It failed in a way that says nothing about the next call; several in a row let it rest. */
  | { readonly kind: 'failed'; readonly restMs: number; readonly because?: GatewayError }
  /** It asked to be left alone. */
  | { readonly kind: 'limited'; readonly forMs: number; readonly because?: GatewayError };

/** Whether a place may be called now. */
export type Admittance = { readonly open: true } | { readonly open: false; readonly retryAfterMs: number; readonly limited: boolean };
