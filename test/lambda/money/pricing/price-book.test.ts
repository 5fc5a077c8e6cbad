import fc from 'fast-check';
import { loadPriceBook } from '../../../../lambda/money/deployed-book';
import { createPriceBook, type Price, type PriceBook, type PricedTarget } from '../../../../lambda/money/pricing';
import data from '../../../../lambda/money/pricing/price-book.json';
import { configureProvider } from '../../../../lambda/routing/providers';
import { bookOf } from '../../../support/prices';

const AT = Date.UTC(2026, 10, 29, 12);
type Kind = PricedTarget['kind'];
let book: PriceBook;
beforeAll(async () => {
  book = await loadPriceBook();
});

const find = (kind: Kind, model: string, regions?: string[], at = AT): Price | undefined =>
  book.lookup({ provider: 'p', kind, model, ...(regions === undefined ? {} : { regions }) }, at);

function priceOf(kind: Kind, model: string, regions?: string[], at = AT): Price {
  const price = find(kind, model, regions, at);
  if (price === undefined) throw new Error(`no price for ${kind}/${model}`);
  return price;
}

const inputOf = (kind: Kind, model: string, regions?: string[]): bigint => priceOf(kind, model, regions).rates.input.base;

/** Every name of the book. */
const NAMES = Object.entries(data.lists).flatMap(([kind, lines]) =>
  lines.flatMap((line) =>
    line
      .slice(0, line.indexOf(' |'))
      .split(' ')
      .map((name) => [kind as Kind, name] as const),
  ),
);

const LINES = new Map(
  Object.entries(data.lists).flatMap(([kind, lines]) =>
    lines.flatMap((line) =>
      line
        .slice(0, line.indexOf(' |'))
        .split(' ')
        .map((name) => [`${kind} ${name}`, line] as const),
    ),
  ),
);
const lineOf = (kind: Kind, name: string): string => LINES.get(`${kind} ${name}`) ?? '';

describe('profiles of one model', () => {
  test.each([
    'us.anthropic.claude-fable-5',
    'eu.anthropic.claude-fable-5-1',
    'us.openai.gpt-5.5',
    'global.openai.gpt-5.4',
    'us.openai.gpt-6-sol',
    'global.openai.gpt-6.1-terra',
    'us.deepseek.v3.2',
    'zai.glm-5',
    'moonshotai.kimi-k2.5',
  ])('R14 field-01: %s has a price', (model) => {
    expect(find('bedrock', model)?.source).toBe('book');
  });

  test.each<[string, bigint]>([
    ['eu.amazon.nova-lite-v1:0', 78_000_000n],
    ['us.amazon.nova-lite-v1:0', 60_000_000n],
    ['apac.amazon.nova-pro-v1:0', 840_000_000n],
    ['us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0', 3_600_000_000n],
    ['jp.anthropic.claude-sonnet-4-5-20250929-v1:0', 3_300_000_000n],
    ['global.anthropic.claude-sonnet-4-5-20250929-v1:0', 3_000_000_000n],
    ['us.anthropic.claude-sonnet-5-5', 2_200_000_000n],
    ['global.openai.gpt-5.4', 2_500_000_000n],
    ['us.openai.gpt-5.4', 2_750_000_000n],
  ])('R14 field-02: %s costs its own price', (model, input) => {
    expect(inputOf('bedrock', model)).toBe(input);
  });

  test('R14 a profile that no list has is never cheaper than the model in its Region, a global one never dearer than abroad', () => {
    const models = NAMES.filter(
      ([kind, name]) => kind === 'bedrock' && /^[a-z0-9]+\.[a-z]/.test(name) && !/^(us|eu|apac|jp|au|ca|in|global)\./.test(name),
    );
    expect(models.length).toBeGreaterThan(100);
    for (const [, name] of models) {
      for (const profile of ['us', 'eu', 'apac', 'jp', 'au', 'ca', 'in', 'us-gov']) {
        const own = inputOf('bedrock', `${profile}.${name}`);
        expect([name, profile, own >= inputOf('bedrock', `us.${name}`) || own >= inputOf('bedrock', name)]).toEqual([name, profile, true]);
        expect([name, profile, profile === 'us-gov' || inputOf('bedrock', `global.${name}`) <= inputOf('bedrock', `eu.${name}`)]).toEqual([
          name,
          profile,
          true,
        ]);
      }
    }
  });

  test('R14 a model without a profile costs what its Region costs', () => {
    expect(inputOf('bedrock', 'deepseek.v3.2', ['us-east-1'])).toBe(620_000_000n);
    expect(inputOf('bedrock', 'deepseek.v3.2', ['ap-northeast-1'])).toBe(740_000_000n);
    expect(inputOf('bedrock', 'amazon.nova-lite-v1:0', ['eu-central-1'])).toBe(78_000_000n);
    expect(inputOf('bedrock', 'anthropic.claude-sonnet-4-5-20250929-v1:0', ['us-gov-west-1'])).toBe(3_600_000_000n);
    expect(inputOf('bedrock', 'us.amazon.nova-lite-v1:0', ['eu-central-1'])).toBe(60_000_000n);
  });

  test('R14 where a call may go to several Regions, the dearest counts', () => {
    expect(inputOf('bedrock', 'deepseek.v3.2', ['us-east-1', 'ap-northeast-1'])).toBe(740_000_000n);
    expect(inputOf('bedrock', 'deepseek.v3.2', ['ap-northeast-1', 'us-east-1'])).toBe(740_000_000n);
  });

  test('R14 an ARN costs what it names', () => {
    const arn = (id: string) => `arn:aws:bedrock:eu-west-1:123456789012:inference-profile/${id}`;
    expect(inputOf('bedrock', arn('eu.amazon.nova-lite-v1:0'))).toBe(78_000_000n);
    expect(inputOf('bedrock', 'arn:aws:bedrock:ap-northeast-1::foundation-model/deepseek.v3.2')).toBe(740_000_000n);
  });

  test('R14 Claude at a location of Vertex AI costs a tenth more than worldwide', () => {
    expect(inputOf('vertex-ai', 'claude-sonnet-5-5', ['global'])).toBe(2_000_000_000n);
    expect(inputOf('vertex-ai', 'claude-sonnet-5-5', ['europe-west1'])).toBe(2_200_000_000n);
    expect(inputOf('vertex-ai', 'gemini-3-pro-preview', ['europe-west1'])).toBe(2_000_000_000n);
  });
});

test('R14 OpenAI costs a tenth more at a host that keeps to one part of the world', () => {
  const regionsAt = (url: string) =>
    configureProvider({ id: 'openai', kind: 'openai', baseUrl: { value: url }, network: 'public' }, () => undefined, 'us-east-1').regions;

  expect(regionsAt('https://eu.api.openai.com/v1')).toEqual(['eu']);
  expect(regionsAt('https://api.openai.com/v1')).toEqual([]);
  expect(inputOf('openai', 'gpt-6.1-sol', [...regionsAt('https://eu.api.openai.com/v1')])).toBe(2_200_000_000n);
  expect(inputOf('openai', 'gpt-6.1-sol', [])).toBe(2_000_000_000n);
});

describe('names', () => {
  test.each<[Kind, string]>([
    ['bedrock', 'us.anthropic.claude-sonnet-5-9'],
    ['anthropic', 'claude-sonnet-5-9'],
    ['anthropic', 'claude-opus-6'],
    ['anthropic', 'claude-haiku-4-5-20250931'],
    ['anthropic', 'claude-haiku-4-5-20991231'],
    ['openai', 'gpt-5.5-max'],
    ['openai', 'gpt-6.2-sol'],
    ['google-ai-studio', 'gemini-2.5-pro-ultra'],
    ['google-ai-studio', 'gemini-3.9-flash'],
    ['vertex-ai', 'claude-sonnet-5-9'],
    ['azure-openai', 'gpt-5.9'],
    ['mistral', 'magistral-medium-9'],
    ['deepseek', 'deepseek-chat-9'],
    ['xai', 'grok-5'],
    ['bedrock', 'eu.anthropic.claude-opus-5-6-v1:0'],
    ['bedrock', 'amazon.nova-pro-v2:0'],
  ])('R14 field-03: the successor %s/%s that nobody listed has no price', (kind, model) => {
    expect(find(kind, model)).toBeUndefined();
  });

  test('R14 field-03: what a name is made longer by makes it another model', () => {
    const alphabet = fc.constantFrom(...'abcxyz0123456789-.:_/@');
    const suffix = fc.array(alphabet, { minLength: 1, maxLength: 8 }).map((letters) => letters.join(''));
    const known = new Set(NAMES.map(([kind, name]) => `${kind} ${name}`));
    /** What says the same model in other words. */
    const variant = /^(?:[-@]20\d\d-?\d\d-?\d\d)?(?:-v1)?(?::0)?$/;
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), suffix, ([kind, name], more) => {
        const longer = name + more;
        fc.pre(
          !known.has(`${kind} ${longer}`) &&
            !variant.test(more) &&
            !name.startsWith('ft:') &&
            !/[-@]20?\d{0,2}-?\d{0,2}-?\d{0,2}$/.test(name),
        );
        expect(find(kind, longer)).toBeUndefined();
      }),
      { numRuns: 3_000 },
    );
  });

  test.each<[Kind, string, string]>([
    ['anthropic', 'claude-sonnet-5-5-20260915', 'claude-sonnet-5-5'],
    ['anthropic', 'Claude-Sonnet-5-5', 'claude-sonnet-5-5'],
    ['openai', 'gpt-5-2025-08-07', 'gpt-5'],
    ['openai', 'ft:gpt-4o-2024-08-06:our-org::abc', 'ft:gpt-4o-2024-08-06'],
    ['vertex-ai', 'claude-sonnet-5-5@20260915', 'claude-sonnet-5-5'],
    ['vertex-ai', 'publishers/anthropic/models/claude-sonnet-5-5', 'claude-sonnet-5-5'],
    ['google-ai-studio', 'models/gemini-2.5-pro', 'gemini-2.5-pro'],
    ['bedrock', 'us.anthropic.claude-sonnet-5-5-v1:0', 'us.anthropic.claude-sonnet-5-5'],
    ['bedrock', 'us.anthropic.claude-sonnet-5-5-20260915-v1:0', 'us.anthropic.claude-sonnet-5-5'],
    ['bedrock', 'amazon.nova-lite-v1', 'amazon.nova-lite-v1:0'],
  ])('R14 the other spelling %s/%s costs as %s', (kind, spelling, model) => {
    expect(find(kind, spelling)?.rates).toEqual(priceOf(kind, model).rates);
  });
});

describe('the figures of a model', () => {
  test.each<[Kind, string]>([
    ['anthropic', 'claude-haiku-5-5'],
    ['bedrock', 'us.anthropic.claude-haiku-5-5'],
    ['vertex-ai', 'claude-haiku-5-5'],
    ['openai', 'gpt-6.1-sol'],
    ['google-ai-studio', 'gemini-flash-latest'],
    ['google-ai-studio', 'gemini-4-argon'],
    ['vertex-ai', 'gemini-4-argon'],
    ['vertex-ai', 'meta/llama-4-maverick-17b-128e-instruct-maas'],
    ['vertex-ai', 'mistral-medium-3'],
    ['bedrock', 'amazon.nova-2-lite-v1:0'],
    ['xai', 'grok-4.7'],
    ['xai', 'grok-4.20-reasoning'],
    ['together', 'moonshotai/Kimi-K3'],
    ['fireworks', 'accounts/fireworks/models/kimi-k2p5'],
    ['perplexity', 'sonar-pro'],
    ['groq', 'openai/gpt-oss-120b'],
    ['deepseek', 'deepseek-flash'],
    ['cohere', 'embed-v4.0'],
    ['azure-openai', 'eu/gpt-5.4-2026-03-05'],
    ['azure-openai', 'gpt-6.1-sol'],
  ])('R14 %s/%s has a price and a window', (kind, model) => {
    expect(find(kind, model)).toMatchObject({ source: 'book', contextWindow: expect.any(Number) });
  });

  test.each<[Kind, string, keyof Price['rates'], bigint]>([
    ['anthropic', 'claude-sonnet-5-5', 'cacheRead', 100_000_000n],
    ['bedrock', 'us.anthropic.claude-sonnet-5-5', 'cacheRead', 110_000_000n],
    ['mistral', 'mistral-large-latest', 'input', 500_000_000n],
    ['mistral', 'mistral-medium', 'output', 7_500_000_000n],
    ['mistral', 'mistral-small-latest', 'input', 150_000_000n],
    ['openai', 'gpt-4o-audio-preview', 'audioInput', 40_000_000_000n],
    ['openai', 'gpt-4o-audio-preview', 'audioOutput', 80_000_000_000n],
    ['openai', 'gpt-4o-audio-preview-2024-12-17', 'audioOutput', 80_000_000_000n],
    ['google-ai-studio', 'gemini-3-pro-image', 'imageOutput', 120_000_000_000n],
  ])('R14 %s/%s costs by the vendor for %s', (kind, model, name, nanoUsd) => {
    expect(priceOf(kind, model).rates[name].base).toBe(nanoUsd);
  });

  test('R14 tiers are the model’s own', () => {
    expect(priceOf('openai', 'gpt-5.5').serviceTiers).toMatchObject({ priority: 250, flex: 50, batch: 50 });
    expect(priceOf('openai', 'gpt-6.1-sol').serviceTiers).toMatchObject({ priority: 200 });
    expect(priceOf('openai', 'text-embedding-3-small').serviceTiers['priority']).toBeUndefined();
    const factors = new Set(
      NAMES.filter(([kind]) => kind === 'openai').map(([kind, name]) => priceOf(kind, name).serviceTiers['priority']),
    );
    expect(factors.size).toBeGreaterThan(3);
  });

  test('R14 DeepSeek costs half outside of the working hours of its weekdays', () => {
    const at = (day: number, hour: number) =>
      priceOf('deepseek', 'deepseek-v4-pro', undefined, Date.UTC(2026, 10, day, hour, 30)).rates.output.base;
    expect([at(30, 2), at(30, 7)]).toEqual([3_960_000_000n, 3_960_000_000n]);
    expect([at(30, 0), at(30, 5), at(30, 10), at(30, 23)]).toEqual([1_980_000_000n, 1_980_000_000n, 1_980_000_000n, 1_980_000_000n]);
    expect([at(29, 2), at(28, 7)]).toEqual([1_980_000_000n, 1_980_000_000n]);
  });

  test('R14 windows and longest answers are those of the model, wherever it is called', () => {
    expect(priceOf('bedrock', 'qwen.qwen3-coder-480b-a35b-v1:0').contextWindow).toBe(262_144);
    expect(priceOf('openai', 'gpt-6.1-sol')).toMatchObject({ contextWindow: 1_050_000, maxOutputTokens: 128_000 });
    expect(priceOf('anthropic', 'claude-sonnet-4-5')).toMatchObject({ contextWindow: 200_000, maxOutputTokens: 64_000 });
    expect(priceOf('bedrock', 'deepseek.v3.2', ['ap-northeast-1']).maxOutputTokens).toBe(
      priceOf('bedrock', 'us.deepseek.v3.2').maxOutputTokens,
    );
  });

  test('R14 what a place does not say of a model’s length is known from the same model elsewhere', () => {
    const { contextWindow, maxOutputTokens } = priceOf('anthropic', 'claude-sonnet-5-5');
    expect(priceOf('perplexity', 'anthropic/claude-sonnet-5-5')).toMatchObject({ contextWindow, maxOutputTokens });
    expect(priceOf('azure-openai', 'eu/gpt-4.1').contextWindow).toBe(priceOf('openai', 'gpt-4.1').contextWindow);
    for (const [kind, name] of NAMES) {
      const price = priceOf(kind, name);
      const isWhole = price.contextWindow === undefined || price.rates.output.base === 0n || price.maxOutputTokens !== undefined;
      expect([kind, name, isWhole || !/output=/.test(lineOf(kind, name))]).toEqual([kind, name, true]);
    }
  });

  test('R14 no line of the book prices a model at zero but those that are said to be free', () => {
    for (const [kind, name] of NAMES) {
      const price = priceOf(kind, name);
      const isFree = price.rates.input.base === 0n && price.rates.output.base === 0n && price.perRequest === 0n;
      expect([kind, name, isFree]).toEqual([kind, name, lineOf(kind, name).includes(' free=yes ')]);
    }
  });

  test('R14 what its place gives away costs nothing there, and has a price elsewhere', () => {
    expect(priceOf('google-ai-studio', 'gemma-4-26b-a4b-it')).toMatchObject({ contextWindow: 262_144, perRequest: 0n });
    expect(priceOf('google-ai-studio', 'gemma-4-26b-a4b-it').rates.output.base).toBe(0n);
    expect(priceOf('vertex-ai', 'gemma-4-26b-a4b-it').rates.output.base).toBeGreaterThan(0n);
    expect(priceOf('google-ai-studio', 'lyria-3.5').perRequest).toBe(80_000_000n);
  });
});

test('R14 an override prices pictures and audio too, and leaves the lengths and tiers of the model as the book has them', () => {
  const prices = { input: '1', output: '10', image_output: '60', image_input: '2', audio_input: '3', audio_cache_read: '0.5' };
  const changed = book.withOverrides([
    { id: 'p/gemini-3-pro-image', usdPerMillionTokens: prices, generation: 1, updatedAt: '2026-11-29T00:00:00Z' },
  ]);
  const listed = priceOf('google-ai-studio', 'gemini-3-pro-image');
  const price = changed.lookup({ provider: 'p', kind: 'google-ai-studio', model: 'gemini-3-pro-image' }, AT);

  expect(price?.rates).toMatchObject({
    imageOutput: { base: 60_000_000_000n },
    imageInput: { base: 2_000_000_000n },
    audioCacheRead: { base: 500_000_000n },
    output: { base: 10_000_000_000n },
  });
  const { contextWindow, maxOutputTokens, serviceTiers } = listed;
  expect(price).toMatchObject({ source: 'override', contextWindow, maxOutputTokens, serviceTiers });
});

test('R14 a line that says what no line may say is refused with its field', () => {
  const read = (line: string) => () => createPriceBook(bookOf(['openai'], line)).lookup({ provider: 'p', kind: 'openai', model: 'm' }, AT);
  expect(read('m || input=0.1e1')).toThrow('input must be US dollars');
  expect(read('m || input=-1')).toThrow('input must be US dollars');
  expect(read('m || output=1,9:2,8:3')).toThrow('output must have its lengths in rising order');
  expect(read('m | window=many | input=1')).toThrow('window must be a whole number');
  expect(read('m | tier:priority=1e3 | input=1')).toThrow('tier:priority must be percent');
  expect(read('m || inputs=1')).toThrow('"inputs" is no class');
  expect(read('m || call:x=1')).toThrow('must have input or output');
  expect(read('m || input=1 | from=2026-02-30 input=1')).toThrow('from must be a day');
  expect(read('m || from=2026-02-20 input=1')).toThrow('the first prices must hold always');
  expect(read('m')).toThrow('names | facts | prices');
});

describe('R15 a small book', () => {
  const small = (kind: Kind, ...lines: string[]) => createPriceBook({ ...bookOf([kind], ...lines), date: '2026-11-29' });
  const place = { provider: 'p', kind: 'bedrock', model: 'v.m' } as const;

  test('R15 a snapshot of the book’s own day is known to it, one of the next day is not', () => {
    const known = (model: string) =>
      small('anthropic', 'm || input=1').lookup({ provider: 'p', kind: 'anthropic', model }, AT) !== undefined;
    expect([known('m-20261129'), known('m-20261130')]).toEqual([true, false]);
  });

  test('R15 a price says where it was found, how fast its model writes, and whether text has a price', () => {
    const of = (line: string) => small('openai', line).lookup({ provider: 'p', kind: 'openai', model: 'm' }, AT);
    expect(of('m | speed=900 | input=1')).toMatchObject({ place: { kind: 'openai', model: 'm' }, fastestTokensPerSecond: 900 });
    expect(of('m || input=1')).not.toHaveProperty('fastestTokensPerSecond');
    expect(of('m || input=1')).not.toHaveProperty('units');
    expect(of('m || image=0.04 call:request=1')).toMatchObject({
      units: { image: 4n * 10n ** 13n },
      tokensUnpriced: true,
      perRequest: 10n ** 9n,
    });
    for (const line of ['m || input=1', 'm || output=1', 'm || input=1 output=1 image=1'])
      expect(of(line)).not.toHaveProperty('tokensUnpriced');
  });

  test('R15 in several Regions the dearest row counts, by input and output, and all of them must be known', () => {
    const line = (region: string, prices: string) => `${region}/v.m || ${prices}`;
    const inputOf = (...lines: string[]) =>
      small('bedrock', ...lines).lookup({ ...place, regions: ['us-east-1', 'eu-west-1'] }, AT)?.rates.input.base;
    expect(inputOf(line('us-east-1', 'input=1 output=5'), line('eu-west-1', 'input=2 output=5'))).toBe(2n * 10n ** 9n);
    expect(inputOf(line('us-east-1', 'input=3 output=5'), line('eu-west-1', 'input=2 output=5'))).toBe(3n * 10n ** 9n);
    expect(inputOf(line('us-east-1', 'output=5'), line('eu-west-1', 'input=9'))).toBe(9n * 10n ** 9n);
    expect(inputOf(line('us-east-1', 'input=9'), line('eu-west-1', 'output=5'))).toBe(9n * 10n ** 9n);
    expect([inputOf(line('us-east-1', 'input=1')), inputOf(line('eu-west-1', 'input=1')), inputOf()]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('R15 the shortest listed name is the model’s, of two of one length the first', () => {
    const book = small('bedrock', 'v.m || input=1', 'v.m-v1:0 || input=1', 'us-east-1/v.x || input=1', 'us-west-2/v.x || input=1');
    expect([book.nameOf('bedrock', 'v.m'), book.nameOf('bedrock', 'v.m-v1:0')]).toEqual(['v.m', 'v.m']);
    const found = book.lookup({ ...place, model: 'v.x', regions: ['us-east-1', 'us-west-2'] }, AT);
    expect(found?.place?.model).toBe('us-east-1/v.x');
  });

  test('R15 R03 a model is bound by the names that the book and its provider have for it', () => {
    const book = createPriceBook({
      ...bookOf(['openai'], 'gpt-9 gpt-nine || input=1'),
      lists: { openai: ['gpt-9 gpt-nine || input=1'], bedrock: ['v.m-v1:0 || input=1'] },
    });
    expect(book.namesOf('openai', 'GPT-NINE-2025-11-01')).toStrictEqual(['GPT-NINE-2025-11-01', 'gpt-nine']);
    expect(book.namesOf('bedrock', 'us.V.m')).toStrictEqual(['us.V.m', 'v.m', 'v.m-v1:0']);
    expect(book.namesOf('openai', 'gpt-9')).toStrictEqual(['gpt-9']);
    expect(book.namesOf('openai', 'other')).toStrictEqual(['other']);
  });

  test('R15 what is free is free, and an override of lengths changes no price', () => {
    const target = { provider: 'p', kind: 'openai', model: 'm' } as const;
    const book = small('openai', 'm | window=1000 maxOutput=500 | input=1');
    expect(book.lookup({ ...target, free: true }, AT)).toMatchObject({ source: 'free', contextWindow: 1_000, maxOutputTokens: 500 });
    expect(book.lookup({ ...target, model: 'x', free: true }, AT)).toMatchObject({ source: 'free' });
    expect(book.lookup({ ...target, free: false }, AT)?.source).toBe('book');
    const override = { id: 'p/*', generation: 3, createdAt: '', updatedAt: '' };
    const lengths = book.withOverrides([{ ...override, contextWindow: 2_000 }]).lookup(target, AT);
    expect(lengths).toMatchObject({ source: 'book', contextWindow: 2_000, maxOutputTokens: 500, rates: { input: { base: 10n ** 9n } } });
    const unlisted = book
      .withOverrides([{ ...override, usdPerMillionTokens: { input: '5', output: '1' } }])
      .lookup({ ...target, model: 'x' }, AT);
    expect(unlisted).toMatchObject({ source: 'override', rates: { input: { base: 5n * 10n ** 9n } } });
  });
});

describe('overrides and spellings', () => {
  const priced = (kind: Kind, model: string, ids: readonly string[]): bigint | undefined => {
    const overrides = ids.map((id, index) => ({
      id,
      usdPerMillionTokens: { input: String(index + 1) },
      generation: index,
      updatedAt: '',
    }));
    const price = book.withOverrides(overrides).lookup({ provider: 'p', kind, model }, AT);
    return price?.source === 'override' ? price.rates.input.base / 1_000_000_000n : undefined;
  };

  test.each<[Kind, string, string]>([
    ['openai', 'gpt-4o-mini', 'gpt-4o-mini-2024-07-18'],
    ['openai', 'GPT-4o-mini', 'gpt-4o-mini'],
    ['anthropic', 'claude-sonnet-4-5', 'claude-sonnet-4-5-20250929'],
    ['google-ai-studio', 'gemini-2.5-pro', 'models/gemini-2.5-pro'],
    ['bedrock', 'anthropic.claude-sonnet-4-5-20250929-v1:0', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'],
    [
      'bedrock',
      'anthropic.claude-sonnet-4-5-20250929-v1:0',
      'arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0',
    ],
    [
      'bedrock',
      'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
      'arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    ],
  ])('R14 an override of %s %s binds %s', (kind, id, spelled) => {
    expect(priced(kind, spelled, [`p/${id}`])).toBe(1n);
    expect(priced(kind, spelled, ['p/*', `p/${id}`])).toBe(2n);
    expect(priced(kind, spelled, ['p/*', `p/${id}`, `p/${spelled}`])).toBe(3n - (id.toLowerCase() === spelled.toLowerCase() ? 1n : 0n));
    expect(priced(kind, spelled, [`q/${id}`])).toBeUndefined();
  });

  test('R14 an override of a model is none of what was made of it, nor of what is only named like it', () => {
    expect(priced('openai', 'ft:gpt-4o-mini-2024-07-18:org::id', ['p/gpt-4o-mini'])).toBeUndefined();
    expect(priced('openai', 'ft:gpt-4o-mini-2024-07-18:org::id', ['p/ft:gpt-4o-mini-2024-07-18'])).toBe(1n);
    expect(priced('openai', 'gpt-4o-mini-search-preview', ['p/gpt-4o-mini'])).toBeUndefined();
  });
});
