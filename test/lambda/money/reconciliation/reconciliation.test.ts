import fc from 'fast-check';
import {
  type BillLine,
  differencesOf,
  type OwnUsage,
  readBill,
  TOLERATED_MILLIONTHS,
  UnreadableBill,
} from '../../../../lambda/money/reconciliation';
import { csvRows } from '../../../../lambda/money/reconciliation/csv-rows';
import { nanoUsdOf } from '../../../../lambda/money/reconciliation/decimal';
import { matchModels } from '../../../../lambda/money/reconciliation/model-match';

const DAY = '2026-11-24';

describe('amounts', () => {
  test.each([
    ['0.06', 0, 60_000_000n],
    ['1e-7', 0, 100n],
    ['-2.5E+1', 0, -25_000_000_000n],
    ['123.45', 2, 1_234_500_000n],
    ['0.00000000049', 0, 0n],
    ['0.0000000005', 0, 1n],
    ['12345678901234567890', 0, 12_345_678_901_234_567_890n * 1_000_000_000n],
    ['.5', 0, 500_000_000n],
  ])('%s, moved by %i digits, is exact', (text, shift, nanoUsd) => {
    expect(nanoUsdOf(text, shift)).toBe(nanoUsd);
  });

  test.each(['', '.', '-', 'NaN', '1,5', '0x10', '1e999', '--1'])('%j is none', (text) => expect(nanoUsdOf(text)).toBeUndefined());
});

describe('comma-separated values', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', '1', ' ', ',', '"', '\n', '\r', 'ü', '') });

  test('what was written is read', () => {
    const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    const table = fc
      .integer({ min: 1, max: 4 })
      .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 5 }));
    fc.assert(
      fc.property(table, fc.constantFrom('\n', '\r\n'), fc.boolean(), (rows, end, ends) => {
        const names = (rows[0] ?? ['x']).map((_cell, index) => `c${index}`);
        const text = [names, ...rows].map((row) => row.map(quote).join(',')).join(end) + (ends ? end : '');
        // A line of one empty cell is an empty line.
        const kept = rows.filter((row) => row.length > 1 || row[0] !== '');
        expect([...csvRows(text)].map((row) => [...row.values()])).toEqual(kept);
      }),
    );
  });

  test('cells without quotes, short rows, a mark of the byte order and columns that come twice', () => {
    const rows = [...csvRows('\ufeffa,b,a\r\n1,2,3\r\n\r\n4\n5,"x""y"z,')].map((row) => Object.fromEntries(row));
    expect(rows).toEqual([
      { a: '1', b: '2' },
      { a: '4', b: '' },
      { a: '5', b: 'x"yz' },
    ]);
    expect(() => [...csvRows('a,b\n1,"2')]).toThrow('a quoted cell has no end');
  });
});

describe('formats', () => {
  test('CUR 2.0: rows of Bedrock and of its models at Marketplace, discounts included, no taxes and credits', () => {
    const head =
      'line_item_usage_start_date,line_item_line_item_type,line_item_product_code,line_item_usage_type,line_item_line_item_description,product,line_item_unblended_cost';
    const text = [
      head,
      `2026-11-24T00:00:00.000Z,Usage,AmazonBedrock,USE1-NovaLite-input-tokens,"$0.00006 per 1K, input","{""product_name"":""Amazon Bedrock""}",1.5000000001`,
      `2026-11-24T01:00:00.000Z,PrivateRateDiscount,AmazonBedrock,USE1-NovaLite-input-tokens,discount,{},-0.15`,
      `2026-11-24T01:00:00.000Z,Usage,a1b2c3,USE1-MP:USE1_OutputTokenCount-Units,AWS Marketplace software usage,"{""product_name"":""Claude Sonnet 4.5 (Amazon Bedrock Edition)""}",7`,
      `2026-11-24T01:00:00.000Z,Tax,AmazonBedrock,x,tax,{},9`,
      `2026-11-24T01:00:00.000Z,Credit,AmazonBedrock,x,credit,{},-9`,
      `2026-11-24T01:00:00.000Z,Usage,AmazonS3,USE1-Requests,requests,{},4`,
      `yesterday,Usage,AmazonBedrock,x,y,{},4`,
    ].join('\n');
    const { lines, unread } = readBill('cur', text);
    expect(unread).toBe(1);
    expect(lines.map(({ day, nanoUsd }) => [day, nanoUsd])).toEqual([
      [DAY, 1_500_000_000n],
      [DAY, -150_000_000n],
      [DAY, 7_000_000_000n],
    ]);
    const own = ['us.amazon.nova-lite-v1:0', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'].map((model) => ({
      ...OWN,
      model,
      nanoUsd: 1n,
    }));
    expect(differencesOf(lines, own).map(({ model, billed }) => [model, billed])).toEqual([
      ['us.amazon.nova-lite-v1:0', 1_350_000_000n],
      ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 7_000_000_000n],
    ]);
  });

  test('FOCUS: what is billed for use', () => {
    const text = [
      'BilledCost,ChargeCategory,ChargeDescription,ChargePeriodStart,ServiceName,x_UsageType',
      '0.5,Usage,input tokens,2026-11-24T00:00:00Z,Amazon Bedrock,EUC1-NovaPro-input-tokens',
      '3,Tax,tax,2026-11-24T00:00:00Z,Amazon Bedrock,x',
      '3,Usage,storage,2026-11-24T00:00:00Z,Amazon Simple Storage Service,x',
    ].join('\r\n');
    expect(readBill('focus', text)).toEqual({
      unread: 0,
      lines: [{ day: DAY, names: ['EUC1-NovaPro-input-tokens', 'input tokens', 'Amazon Bedrock'], nanoUsd: 500_000_000n }],
    });
  });

  test("Bedrock's log of invocations: tokens of all classes, none of calls that failed", () => {
    const call = {
      schemaType: 'ModelInvocationLog',
      timestamp: `${DAY}T23:59:59Z`,
      modelId: 'arn:aws:bedrock:us-east-1:1:inference-profile/us.x.m-v1:0',
    };
    const text = [
      {
        ...call,
        input: { inputTokenCount: 5, cacheReadInputTokenCount: 7, cacheWriteInputTokenCount: 1 },
        output: { outputTokenCount: 3 },
      },
      { ...call, errorCode: 'ThrottlingException', input: { inputTokenCount: 99 } },
      { ...call, input: { inputTokenCount: -1 } },
      { ...call, timestamp: 'yesterday' },
    ].map((entry) => JSON.stringify(entry));
    expect(readBill('bedrock-logs', `${text.join('\n')}\n`)).toEqual({
      unread: 2,
      lines: [{ day: DAY, names: ['us.x.m-v1:0'], inputTokens: 13n, outputTokens: 3n }],
    });
  });

  test('OpenAI: costs in dollars as numbers, and tokens', () => {
    const start = Date.parse(DAY) / 1_000;
    const page = (results: object[]) => ({
      object: 'page',
      data: [{ object: 'bucket', start_time: start, end_time: start + 86_400, results }],
      has_more: false,
    });
    const costs = page([
      { amount: { value: 0.06, currency: 'usd' }, line_item: 'gpt-4o-2024-08-06, input' },
      { amount: { value: 1, currency: 'eur' } },
    ]);
    const usage = page([{ input_tokens: 1_000, input_cached_tokens: 400, output_tokens: 20, model: 'gpt-4o-2024-08-06' }]);
    expect(readBill('openai', JSON.stringify([costs, usage]))).toEqual({
      unread: 1,
      lines: [
        { day: DAY, names: ['gpt-4o-2024-08-06, input'], nanoUsd: 60_000_000n },
        { day: DAY, names: ['gpt-4o-2024-08-06'], inputTokens: 1_000n, outputTokens: 20n },
      ],
    });
  });

  test('Anthropic: costs in cents as texts, and tokens whose classes do not overlap', () => {
    const bucket = (results: object[]) => ({ starting_at: `${DAY}T00:00:00Z`, ending_at: '2026-11-25T00:00:00Z', results });
    const cost = {
      currency: 'USD',
      amount: '123.78912',
      model: 'claude-sonnet-4-5',
      description: 'Claude Sonnet 4.5 Usage - Input Tokens',
      cost_type: 'tokens',
    };
    const used = {
      uncached_input_tokens: 10,
      cache_read_input_tokens: 20,
      cache_creation: { ephemeral_1h_input_tokens: 3, ephemeral_5m_input_tokens: 4 },
      output_tokens: 5,
      model: 'claude-sonnet-4-5',
    };
    expect(readBill('anthropic', JSON.stringify({ data: [bucket([cost, used])], has_more: false, next_page: null })).lines).toEqual([
      { day: DAY, names: ['claude-sonnet-4-5', 'Claude Sonnet 4.5 Usage - Input Tokens', 'tokens'], nanoUsd: 1_237_891_200n },
      { day: DAY, names: ['claude-sonnet-4-5'], inputTokens: 37n, outputTokens: 5n },
    ]);
  });

  test.each([
    ['cur', 'a,b\n1,2', 'it has no column line_item_usage_start_date, line_item_unblended_cost, line_item_line_item_type'],
    ['focus', '"', 'a quoted cell has no end'],
    ['openai', '{"object":"error"}', 'it has no "data"'],
    ['anthropic', 'no json', 'this is no file of the format anthropic'],
    ['bedrock-logs', '{"a":', 'this is no file of the format bedrock-logs'],
  ] as const)('fails on what is no %s', (format, text, message) => {
    expect(() => readBill(format, text)).toThrow(UnreadableBill);
    expect(() => readBill(format, text)).toThrow(message);
  });
});

describe('models', () => {
  test.each([
    ['Claude Sonnet 4.5 (Amazon Bedrock Edition)', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'],
    ['USE1-Claude3Sonnet-input-tokens', 'anthropic.claude-3-sonnet-20240229-v1:0'],
    ['EUW1-NovaLite-output-tokens', 'eu.amazon.nova-lite-v1:0'],
    ['gpt-4o-mini-2024-07-18, output', 'gpt-4o-mini'],
    ['gpt-4o-2024-08-06, cached input', 'gpt-4o'],
    ['gpt-4o-mini', 'gpt-4o-mini'],
    ['web search', undefined],
  ])('%s is %s', (name, model) => {
    const models = [
      'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
      'anthropic.claude-3-sonnet-20240229-v1:0',
      'eu.amazon.nova-lite-v1:0',
      'gpt-4o',
      'gpt-4o-mini',
      'o3',
    ];
    expect(matchModels(models).of([name])).toBe(model);
  });
});

const OWN: OwnUsage = { day: DAY, model: 'm', nanoUsd: 0n, inputTokens: 0n, outputTokens: 0n };
const line = (fields: Partial<BillLine>): BillLine => ({ day: DAY, names: ['model-m'], ...fields });

describe('differences', () => {
  const drift = (billed: bigint, recorded: bigint) =>
    differencesOf([line({ names: ['mmm'], nanoUsd: billed })], [{ ...OWN, model: 'mmm', nanoUsd: recorded }])[0]?.driftMillionths;

  test('a share of the larger of the two, exact; less than a cent is none', () => {
    expect(drift(100_000_000_000n, 99_500_000_000n)).toBe(TOLERATED_MILLIONTHS);
    expect(drift(100_000_000_000n, 99_499_999_999n)).toBe(5_000n);
    expect(drift(100_000_000_000n, 99_400_000_000n)).toBe(6_000n);
    expect(drift(99_000_000_000n, 100_000_000_000n)).toBe(10_000n);
    expect(drift(9_999_999n, 0n)).toBe(0n);
    expect(drift(10_000_000n, 0n)).toBe(1_000_000n);
  });

  test('what is billed and not recorded, and what is recorded and not billed, is apart as a whole; other days are left alone', () => {
    const own = [
      { ...OWN, model: 'mmm', nanoUsd: 20_000_000n },
      { ...OWN, model: 'other', nanoUsd: 20_000_000n },
      { ...OWN, model: 'other', day: '2026-11-20', nanoUsd: 20_000_000n },
    ];
    const lines = [
      line({ names: ['mmm, input'], nanoUsd: 12_000_000n }),
      line({ names: ['mmm, output'], nanoUsd: 8_000_000n }),
      line({ names: ['a tool'], nanoUsd: 50_000_000n }),
    ];
    expect(differencesOf(lines, own)).toEqual([
      { day: DAY, model: 'a tool', measured: 'nanoUsd', billed: 50_000_000n, recorded: 0n, driftMillionths: 1_000_000n },
      { day: DAY, model: 'mmm', measured: 'nanoUsd', billed: 20_000_000n, recorded: 20_000_000n, driftMillionths: 0n },
      { day: DAY, model: 'other', measured: 'nanoUsd', billed: 0n, recorded: 20_000_000n, driftMillionths: 1_000_000n },
    ]);
  });

  test('reports of tokens are held against tokens, each kind by itself', () => {
    const differences = differencesOf(
      [line({ names: ['mmm'], inputTokens: 10_000n, outputTokens: 5_000n })],
      [{ ...OWN, model: 'mmm', nanoUsd: 7n, inputTokens: 10_000n, outputTokens: 2_500n }],
    );
    expect(differences.map(({ measured, driftMillionths }) => [measured, driftMillionths])).toEqual([
      ['inputTokens', 0n],
      ['outputTokens', 500_000n],
    ]);
  });
});
