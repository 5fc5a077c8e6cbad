import type { BillFormat } from '../../../lib/private/contract';
import { readAwsExport } from './aws-export';
import { readInvocationLogs } from './invocation-logs';
import type { Bill } from './lines';
import { readVendorReport } from './vendor-reports';

/** A file that is none of the format that it was said to be. */
export class UnreadableBill extends Error {
  public constructor(format: BillFormat, reason: string) {
    super(`this is no file of the format ${format}: ${reason}`);
    this.name = 'UnreadableBill';
  }
}

const READERS: Readonly<Record<BillFormat, (text: string, format: BillFormat) => Bill>> = {
  cur: readAwsExport,
  focus: readAwsExport,
  'bedrock-logs': readInvocationLogs,
  openai: readVendorReport,
  anthropic: readVendorReport,
};

export function isBillFormat(name: string): name is BillFormat {
  return Object.hasOwn(READERS, name);
}

/** Reads one file, unpacked. @throws UnreadableBill */
export function readBill(format: BillFormat, text: string): Bill {
  try {
    return READERS[format](text, format);
  } catch (error) {
    throw new UnreadableBill(format, error instanceof Error ? error.message : 'it cannot be read');
  }
}
