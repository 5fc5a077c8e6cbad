/** What dashboards, alarms and docs name is what the code counts, and all that it counts is shown. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Metrics, Provider } from '../../lib';
import { METRIC_FACTS, METRICS, METRICS_LEVELS, type MetricName } from '../../lib/private/contract';
import { QUERIES } from '../../lib/private/dashboards/queries';
import { synthesize } from '../lib/support';

const docs = join(__dirname, '../../docs');
const telemetry = join(__dirname, '../../lambda/proxy/telemetry');
const page = readFileSync(join(docs, 'observability.md'), 'utf8');
const names = Object.values(METRICS) as MetricName[];
const NAME = /\b(?:llm_gateway|gen_ai)\.[a-z_.]*[a-z_]/g;

/** A metric, and what it is looked at by beside the gateway. */
interface Shown {
  readonly name: string;
  readonly dimensions: string;
}

function shownAt(level: 'essential' | 'detailed') {
  const { template } = synthesize({ metrics: Metrics[level](), providers: [Provider.bedrock(), Provider.simulated()] });
  const dashboards = Object.values(template.findResources('AWS::CloudWatch::Dashboard')).map(({ Properties }) =>
    JSON.parse(textOf(Properties.DashboardBody)),
  );
  const widgets = dashboards.flatMap(({ widgets: all }) => all);
  const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties as AlarmProperties);
  const shown: Shown[] = [...widgets.flatMap(({ properties }) => (properties.metrics ?? []).flatMap(ofWidget)), ...alarms.flatMap(ofAlarm)];
  return { widgets, shown };
}

/** The text of a template's value; what is known only when deployed stands as its name. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const [, parts] = (value as { 'Fn::Join': [string, unknown[]] })['Fn::Join'];
  return parts.map((part) => (typeof part === 'string' ? part : 'TOKEN')).join('');
}

function ofWidget(metric: unknown[]): Shown[] {
  const [first, name, ...rest] = metric;
  if (typeof first === 'string') return first === 'LlmGateway' ? [{ name: String(name), dimensions: dimensionsIn(rest) }] : [];
  const found = /SEARCH\('\{LlmGateway,gateway,?([^}]*)\} MetricName="([^"]+)"/.exec((first as { expression?: string }).expression ?? '');
  return found === null ? [] : [{ name: found[2] as string, dimensions: found[1] as string }];
}

function dimensionsIn(rest: unknown[]): string {
  const flat = rest.filter((part): part is string => typeof part === 'string');
  return flat.filter((_part, index) => index % 2 === 0 && flat[index] !== 'gateway').join();
}

interface Watched {
  readonly Namespace?: string;
  readonly MetricName: string;
  readonly Dimensions: readonly { readonly Name: string }[];
}

interface AlarmProperties extends Watched {
  readonly Metrics?: readonly { readonly MetricStat?: { readonly Metric: Watched } }[];
}

function ofAlarm(alarm: AlarmProperties): Shown[] {
  const watched = [alarm, ...(alarm.Metrics ?? []).flatMap(({ MetricStat }) => (MetricStat === undefined ? [] : [MetricStat.Metric]))];
  return watched
    .filter(({ Namespace }) => Namespace === 'LlmGateway')
    .map(({ MetricName, Dimensions }) => ({
      name: MetricName,
      dimensions: Dimensions.flatMap(({ Name }) => (Name === 'gateway' ? [] : [Name])).join(),
    }));
}

describe.each(METRICS_LEVELS)('%s', (level) => {
  const { widgets, shown } = shownAt(level);

  test('widgets and alarms look at metrics by what they are counted by at that level', () => {
    const wrong = shown.filter(({ name, dimensions }) => !METRIC_FACTS[name as MetricName]?.[level].some((by) => by.join() === dimensions));

    expect(wrong).toEqual([]);
  });

  test('every metric of that level is shown', () => {
    const counted = names.filter((name) => METRIC_FACTS[name][level].length > 0);

    expect(counted.filter((name) => !shown.some((one) => one.name === name))).toEqual([]);
  });

  test('every widget is in the docs, with what to do when it moves', () => {
    const titles = widgets.flatMap(({ properties }) => (properties.title === undefined ? [] : [properties.title as string]));
    const rows = new Map([...page.matchAll(/^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)].map(([, title, ...said]) => [title?.trim(), said]));

    expect(titles.length).toBeGreaterThan(30);
    expect(titles.filter((title) => !rows.get(title)?.every((text) => text.trim().length > 12))).toEqual([]);
  });
});

test('the table of metrics is what the code counts', () => {
  const rows = [...page.matchAll(/^\| `([a-z_.]+)`[^|]*\|([^|]*)\|([^|]*)\|([^|]*)\|$/gm)].map(([, name, , essential, more]) => ({
    name: name as string,
    essential: sets(essential as string),
    detailed: [...sets(essential as string), ...sets(more as string)].sort(),
  }));
  const expected = names.map((name) => ({ name: name as string, ...combinations(name) }));

  expect(rows.sort(byName)).toEqual(expected.sort(byName));
});

test('docs name no metric and no attribute that there is none of, and saved queries neither', () => {
  const texts = readdirSync(docs).flatMap((file) => (file.endsWith('.md') ? [readFileSync(join(docs, file), 'utf8')] : []));
  const named = [...texts, JSON.stringify(QUERIES)].flatMap((text) => text.match(NAME) ?? []);

  expect(named.length).toBeGreaterThan(names.length);
  const sent = ['index.ts', 'spans.ts'].flatMap((file) => readFileSync(join(telemetry, file), 'utf8').match(NAME) ?? []);
  const known = new Set<string>([...names, ...sent]);
  expect([...new Set(named)].filter((name) => !known.has(name))).toEqual([]);
});

test('every saved query is in the docs', () => {
  expect(Object.keys(QUERIES).filter((name) => !page.includes(`| ${name} |`))).toEqual([]);
});

function sets(cell: string): string[] {
  return cell
    .split(';')
    .map((set) => set.trim().replaceAll(' ', ''))
    .filter((set) => set !== '');
}

function combinations(name: MetricName) {
  const { essential, detailed } = METRIC_FACTS[name];
  const words = (all: readonly (readonly string[])[]) => all.map((by) => (by.length === 0 ? 'gateway' : by.join()));
  return { essential: words(essential), detailed: words(detailed).sort() };
}

function byName(one: { readonly name: string }, other: { readonly name: string }): number {
  return one.name < other.name ? -1 : 1;
}
