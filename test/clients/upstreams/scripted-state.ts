import { createHash } from 'node:crypto';

const MARK = 'scripted';

/** What a vendor signs of its thinking: clients cannot read it, and the vendor knows it again. */
export function signatureOf(text: string): string {
  return Buffer.from(`${MARK} ${digest(text)}`).toString('base64');
}

/** Whether the scripted vendor made it, and for this text where one is given. */
export function isSignature(value: unknown, text?: string): boolean {
  if (typeof value !== 'string') return false;
  return text === undefined ? Buffer.from(value, 'base64').toString().startsWith(`${MARK} `) : value === signatureOf(text);
}

/** Letters and digits for an id that nobody had before. */
export function idOf(number: number, length: number): string {
  return digest(`id ${number}`).slice(0, length);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
