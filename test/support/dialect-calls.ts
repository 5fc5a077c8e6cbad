import type { DialectName } from '../../lambda/wire/dialects';

/** The smallest call of each dialect, with usage asked for. */
export const DIALECT_CALLS: Readonly<Record<DialectName, (stream: boolean) => { path: string; body: object }>> = {
  'openai-chat': (stream) => ({
    path: '/v1/chat/completions',
    body: { stream, messages: [{ role: 'user', content: 'Hi' }], ...(stream ? { stream_options: { include_usage: true } } : {}) },
  }),
  'openai-responses': (stream) => ({ path: '/v1/responses', body: { stream, store: false, input: 'Hi' } }),
  'anthropic-messages': (stream) => ({
    path: '/v1/messages',
    body: { stream, max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] },
  }),
};
