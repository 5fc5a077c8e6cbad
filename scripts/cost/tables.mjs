/** The tables of docs/cost.md, made of what was counted and of list prices. */
import { HOURS_A_MONTH, PRICES, SOURCES } from './prices.mjs';

const MILLION = 1e6;
const ANSWER_SECONDS = 10;
const SIZES_MB = [256, 512, 1_024, 1_769];
const DEFAULT_MB = 512;
/** Memory at which a function has one whole processor. */
const MB_A_PROCESSOR = 1_769;
/** What Lambda's runtime and the kernel need beside the process. */
const MARGIN = 1.25;
const CONTAINERS = { tasks: 2, processors: 1, gb: 2, balancerUnits: 1 };
/** Two providers and five models, all used in every hour. */
const EXAMPLE = { providers: 2, models: 5 };
const CALLS_A_DAY = 100_000;
const A_MONTH_OF_DAYS = 30;
/** Of an account. */
const FREE = { alarms: 10, dashboards: 3 };
/** More than a sweep that finds nothing takes. */
const SWEEP_SECONDS = 0.2;
const SWEEPER_GB = 0.5;

const usd = (value) => `$${value >= 100 ? value.toFixed(0) : value >= 0.1 ? value.toFixed(2) : value.toPrecision(2)}`;
const whole = (value) => value.toLocaleString('en-US', { maximumFractionDigits: 0 });
const short = (value) => value.toLocaleString('en-US', { maximumFractionDigits: 1 });

/** @returns lines of Markdown by the name of the block */
export function blocks(measured) {
  return {
    idle: idleTable(measured),
    million: millionTable(measured),
    units: unitsTable(measured),
    memory: memoryTable(measured),
    provisioned: provisionedLines(),
    metrics: metricsTable(measured),
    records: recordsTable(measured),
    containers: containersTable(measured),
    sources: [`Sources: the pricing pages of ${SOURCES.map(([name, url]) => `[${name}](${url})`).join(', ')}.`],
  };
}

function table(header, rows) {
  const ruler = header.map((_name, index) => (index === 0 ? '---' : '--:'));
  return [header, ruler, ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

function idleTable({ resources: { secrets, alarms, dashboards }, sweep }) {
  const secretsUsd = secrets * PRICES.secretMonth;
  const alarmsUsd = alarms * PRICES.alarmMonth;
  const dashboardsUsd = dashboards * PRICES.dashboardMonth;
  const sweeps = HOURS_A_MONTH * 60;
  const sweepUsd = PRICES.lambdaRequest + SWEEP_SECONDS * SWEEPER_GB * PRICES.lambdaGbSecond + sweep.readUnits * PRICES.readUnit;
  const fixedUsd = secretsUsd + sweeps * sweepUsd;
  const freeAlarms = Math.min(alarms, FREE.alarms);
  return table(
    ['what', 'a month'],
    [
      [`${secrets} secrets (pepper, bootstrap credential); one more for each provider's key`, usd(secretsUsd)],
      [`${alarms} alarms (the first ${FREE.alarms} of an account are free)`, usd(alarmsUsd)],
      [`${dashboards} dashboards (the first ${FREE.dashboards} of an account are free)`, usd(dashboardsUsd)],
      [
        `sweeper, once a minute: ${whole(sweeps)} invocations of ${SWEEP_SECONDS} s, ${short(sweep.readUnits)} units read by each`,
        usd(sweeps * sweepUsd),
      ],
      ['tables and their streams, queues, API, functions, saved queries', 'nothing'],
      ['**together**', `**${usd(fixedUsd + alarmsUsd + dashboardsUsd)}**`],
      ['**together, where alarms and dashboards are free**', `**${usd(fixedUsd + alarmsUsd - freeAlarms * PRICES.alarmMonth)}**`],
    ],
  );
}

function streamUsd(mb) {
  return (ANSWER_SECONDS * mb * PRICES.lambdaGbSecond) / 1_024 + PRICES.lambdaRequest;
}

function answerUsd(measured, mb) {
  const { proxy } = measured.member.functions;
  const rest = othersOf(measured.member);
  const logGb = (measured.logBytes.function + measured.logBytes.access) / 1e9;
  return {
    duration: streamUsd(mb),
    api: PRICES.apiRequest,
    writes: proxy.writeUnits * PRICES.writeUnit,
    usageWrites: rest.writeUnits * PRICES.writeUnit,
    usageWritesAtOnce: othersOf(measured.atOnce).writeUnits * PRICES.writeUnit,
    reads: (proxy.readUnits + rest.readUnits) * PRICES.readUnit,
    logs: logGb * PRICES.logGb,
  };
}

/** What all functions but the proxy do. */
function othersOf({ functions }) {
  const others = Object.entries(functions).filter(([name]) => name !== 'proxy');
  const sum = (of) => others.reduce((total, [, figures]) => total + figures[of], 0);
  return { calls: sum('calls'), readUnits: sum('readUnits'), writeUnits: sum('writeUnits') };
}

function millionTable(measured) {
  const { proxy } = measured.member.functions;
  const [one, many] = [othersOf(measured.member), othersOf(measured.atOnce)];
  const bytes = measured.logBytes.function + measured.logBytes.access;
  const cost = answerUsd(measured, DEFAULT_MB);
  const sum = (usage) => MILLION * (cost.duration + cost.api + cost.writes + usage + cost.reads + cost.logs);
  const [least, most] = [cost.usageWritesAtOnce, cost.usageWrites].toSorted((a, b) => a - b);
  return table(
    ['what', 'how much', 'a million'],
    [
      ['Lambda: duration and requests', `${ANSWER_SECONDS} s x ${DEFAULT_MB} MB`, usd(MILLION * cost.duration)],
      ['API Gateway REST requests', 'one, streamed up to 10 MB', usd(MILLION * cost.api)],
      ['DynamoDB writes of the proxy', `${short(proxy.writeUnits)} units`, usd(MILLION * cost.writes)],
      [
        'DynamoDB writes of the usage function',
        `${short(many.writeUnits)} units where calls come together, ${short(one.writeUnits)} for one alone`,
        `${usd(MILLION * least)} to ${usd(MILLION * most)}`,
      ],
      ['DynamoDB reads', `${short(proxy.readUnits + one.readUnits)} units`, usd(MILLION * cost.reads)],
      ['CloudWatch Logs', `${whole(bytes)} bytes`, usd(MILLION * cost.logs)],
      ['**together**', '', `**${usd(sum(least))} to ${usd(sum(most))}**`],
    ],
  );
}

function unitsTable(measured) {
  const kinds = [...new Set(['alone', 'member', 'atOnce'].flatMap((name) => Object.keys(measured[name].items)))].toSorted();
  const cell = (name, kind) => {
    const found = measured[name].items[kind];
    return found === undefined ? '' : `${short(found.writeUnits)} (${short(found.writes)})`;
  };
  const bytes = (kind) => Math.max(...['alone', 'member', 'atOnce'].map((name) => measured[name].items[kind]?.bytes ?? 0));
  const rows = kinds.map((kind) => [kind, whole(bytes(kind)), cell('alone', kind), cell('member', kind), cell('atOnce', kind)]);
  const functions = [...new Set(['alone', 'member', 'atOnce'].flatMap((name) => Object.keys(measured[name].functions)))].toSorted();
  const told = (name, of) => {
    const found = measured[name].functions[of];
    if (found === undefined) return '';
    const units = `${short(found.writeUnits)} written, ${short(found.readUnits)} read, ${short(found.calls)} calls`;
    const { before, after } = measured[name].trips;
    return of === 'proxy' ? `${units}; ${before} ${before === 1 ? 'trip' : 'trips'} before the answer, ${after} after it` : units;
  };
  return [
    ...table(['item: units (writes) a call', 'bytes', 'key with a budget and a rate', 'its team with a budget', 'many at once'], rows),
    '',
    ...table(
      ['function: units and trips a call', 'key with a budget and a rate', 'its team with a budget', 'many at once'],
      functions.map((of) => [of, told('alone', of), told('member', of), told('atOnce', of)]),
    ),
  ];
}

function memoryTable({ function: { firstCpuMs, cpuMs, rssMb, largestRssMb } }) {
  const time = (ms, mb) => `${whole((ms * MB_A_PROCESSOR) / mb)} ms`;
  return [
    ...table(
      [
        'memory',
        'a million answers of ten seconds',
        'processor',
        "a request's CPU takes",
        'the first one of an environment',
        'holds the largest body',
      ],
      SIZES_MB.map((mb) => [
        `${whole(mb)} MB${mb === DEFAULT_MB ? ', the default' : ''}`,
        usd(MILLION * streamUsd(mb)),
        `${Math.round((100 * mb) / MB_A_PROCESSOR)} %`,
        time(cpuMs, mb),
        time(firstCpuMs, mb),
        mb >= largestRssMb * MARGIN ? 'yes' : 'no',
      ]),
    ),
    '',
    `Counted: ${short(cpuMs)} ms of CPU for a request of an environment that has served some hundreds, ${short(firstCpuMs)} ms for its first one after the warm-up; ${rssMb} MB of memory, ${largestRssMb} MB after bodies of four megabytes.`,
  ];
}

function provisionedLines() {
  const gb = DEFAULT_MB / 1_024;
  const month = HOURS_A_MONTH * 3_600 * gb;
  const keptUsd = month * PRICES.provisionedGbSecond;
  const saved = PRICES.lambdaGbSecond - PRICES.provisionedServingGbSecond;
  const share = Math.ceil((100 * PRICES.provisionedGbSecond) / saved);
  return [
    `An environment of the default size that is kept all month costs ${usd(keptUsd)}; while it serves, Lambda's time costs ${usd(1e6 * PRICES.provisionedServingGbSecond)} a million GB-seconds in place`,
    `of ${usd(1e6 * PRICES.lambdaGbSecond)}. So it pays for itself where it serves ${share} % of the time. Below that it buys one thing: no caller waits for an environment to start.`,
  ];
}

function metricsTable({ metrics }) {
  const { providers, models } = EXAMPLE;
  const together = ({ gateway, provider, place, model }) => gateway + providers * (provider + place) + models * model;
  const price = (count) => usd(count * PRICES.metricMonth);
  const range = (level, of) => {
    const [good, most] = [metrics[level].good[of], metrics[level].most[of]];
    return good === most ? `${good}` : `${good} to ${most}`;
  };
  const row = (words, of) => [words, range('essential', of), range('detailed', of)];
  const costs = (level) => {
    const [good, most] = [together(metrics[level].good), together(metrics[level].most)];
    return `${good} to ${most}: ${price(good)} to ${price(most)}`;
  };
  const atMost = (level) => {
    const { gateway, provider, place, model } = metrics[level].most;
    return `\`${gateway} + ${provider} x providers + ${place} x places${model === 0 ? '' : ` + ${model} x models`}\``;
  };
  return [
    ...table(
      ['metrics, in good days to where everything also went wrong', 'essential', 'detailed'],
      [
        row('of the gateway', 'gateway'),
        row('of each provider', 'provider'),
        row('of each place: a Region of a provider, or a provider without any', 'place'),
        row('of each model at a provider', 'model'),
        [`two providers of one place and five models, all used in every hour, a month`, costs('essential'), costs('detailed')],
      ],
    ),
    '',
    `At most, that is ${atMost('essential')}, or ${atMost('detailed')}, where models are those that are configured or that the price book lists for a configured provider.`,
  ];
}

function recordsTable({ record }) {
  const stored = record.bytes * (1 + record.indexes) + 100 * (1 + record.indexes);
  const gb = (days) => (CALLS_A_DAY * days * stored) / 2 ** 30;
  const rows = [A_MONTH_OF_DAYS, record.keptDays].map((days) => [
    days === record.keptDays ? `${days} days: then they expire` : `${days} days`,
    whole(CALLS_A_DAY * days),
    `${short(gb(days))} GB`,
    usd(gb(days) * PRICES.storedGbMonth),
  ]);
  return [
    `A record is ${whole(record.bytes)} bytes, in the table and ${record.indexes} of its indexes, each with 100 bytes of DynamoDB's own. At ${whole(CALLS_A_DAY)} calls a day:`,
    '',
    ...table(['after', 'records', 'stored', 'a month'], rows),
  ];
}

function containersTable(measured) {
  const { tasks, processors, gb, balancerUnits } = CONTAINERS;
  const containers = tasks * (processors * PRICES.containerCpuHour + gb * PRICES.containerGbHour) * HOURS_A_MONTH;
  const balancer = (PRICES.balancerHour + balancerUnits * PRICES.balancerUnitHour) * HOURS_A_MONTH;
  const fixed = containers + balancer;
  const answers = fixed / (streamUsd(DEFAULT_MB) + PRICES.apiRequest);
  const perSecond = (tasks * processors * 1_000 * 0.5) / measured.function.cpuMs;
  return table(
    ['what', 'figure'],
    [
      [`${tasks} containers of ${processors} arm64 processor and ${gb} GB, a month`, usd(containers)],
      ['the load balancer before them', usd(balancer)],
      [
        `Lambda and API Gateway, a million answers of ten seconds at ${DEFAULT_MB} MB`,
        usd(MILLION * (streamUsd(DEFAULT_MB) + PRICES.apiRequest)),
      ],
      ['**answers a month at which both cost the same**', `**${whole(answers)}**`],
      ['the same as open streams, on average', short((answers * ANSWER_SECONDS) / (HOURS_A_MONTH * 3_600))],
      ['requests a second that the containers serve with half of their processors', whole(perSecond)],
    ],
  );
}
