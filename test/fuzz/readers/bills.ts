import { readBill, UnreadableBill } from '../../../lambda/money/reconciliation';
import { BILL_FORMATS, type BillFormat } from '../../../lib/private/contract';
import { check, type Reader } from '../reader';

const SAMPLES: Readonly<Record<BillFormat, string>> = {
  cur: 'line_item_usage_start_date,line_item_line_item_type,line_item_usage_type,line_item_unblended_cost\n2026-11-24T00:00:00Z,Usage,"USE1-Bedrock, ""x""",1.5e-3\n',
  focus: 'ChargePeriodStart,ChargeCategory,ServiceName,BilledCost\r\n2026-11-24T00:00:00Z,Usage,Amazon Bedrock,0.5\r\n',
  'bedrock-logs': '{"timestamp":"2026-11-24T00:00:00Z","modelId":"a/b","input":{"inputTokenCount":5},"output":{"outputTokenCount":3}}\n',
  openai: '{"data":[{"start_time":1795478400,"results":[{"amount":{"value":0.06,"currency":"usd"},"line_item":"gpt, input"}]}]}',
  anthropic:
    '{"data":[{"starting_at":"2026-11-24T00:00:00Z","results":[{"amount":"1.5","model":"m"},{"uncached_input_tokens":5,"cache_creation":{"x":1}}]}]}',
};

/** What providers say that is to be paid. */
export const billReaders: readonly Reader[] = [
  {
    name: 'bills',
    about: "providers' bills and reports of usage",
    files: [
      'lambda/money/reconciliation/csv-rows.ts',
      'lambda/money/reconciliation/aws-export.ts',
      'lambda/money/reconciliation/invocation-logs.ts',
      'lambda/money/reconciliation/vendor-reports.ts',
    ],
    samples: () => Object.values(SAMPLES),
    words: ['"', '""', ',', '\n', '\r\n', 'Usage', 'Bedrock', '2026-11-24', '1e9', '-'],
    stepsPerByte: 200,
    read: (input) => {
      const text = input.toString('utf8');
      for (const format of BILL_FORMATS) {
        try {
          const { lines, unread } = readBill(format, text);
          check(unread >= 0 && lines.every(({ day }) => day.length === 10), 'a line of no day');
        } catch (error) {
          check(error instanceof UnreadableBill, 'a bill is refused otherwise than by its format');
        }
      }
    },
  },
];
