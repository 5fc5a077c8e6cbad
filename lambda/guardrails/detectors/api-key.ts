import { DASH, DIGIT, is, type TextWindow, UPPER, WORD } from '../text';
import type { Detector } from './detector';

const DOT = 0x2e;
const LONGEST_KEY = 512;
/** Units by which forms are told apart first. */
const STARTS = 3;

/** How a provider's keys look: what they begin with, what follows, and how long that is. */
interface KeyForm {
  readonly prefix: string;
  /** Of what follows the prefix. */
  readonly least: number;
  readonly most?: number;
  /** Whether `-` and `_` stand in it. Default: they do. */
  readonly isWord?: true;
  /** Whether capitals and digits stand in it alone. */
  readonly isUpper?: true;
  readonly hasDots?: true;
}

/** Published forms: each vendor's page, or the pattern that it gave to scanners of secrets. */
const FORMS: readonly KeyForm[] = [
  // Amazon Web Services: ids of access keys.
  ...['AKIA', 'ASIA', 'ABIA', 'ACCA'].map((prefix) => ({ prefix, least: 16, most: 16, isUpper: true }) as const),
  { prefix: 'ABSK', least: 109, most: 269 },
  // OpenAI, OpenRouter, Anthropic, DeepSeek and others.
  ...['sk-proj-', 'sk-svcacct-', 'sk-admin-', 'sk-ant-', 'sk-or-v1-', 'sk-lf-'].map((prefix) => ({ prefix, least: 20 })),
  { prefix: 'sk-', least: 32, isWord: true },
  // Google.
  { prefix: 'AIza', least: 35, most: 35 },
  { prefix: 'ya29.', least: 20 },
  { prefix: 'GOCSPX-', least: 28, most: 28 },
  // GitHub, GitLab.
  ...['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'].map((prefix) => ({ prefix, least: 36, most: 255, isWord: true }) as const),
  { prefix: 'github_pat_', least: 80, most: 90 },
  { prefix: 'glpat-', least: 20, hasDots: true },
  // Slack.
  ...['xoxb-', 'xoxp-', 'xoxa-', 'xoxr-', 'xoxs-', 'xoxe-', 'xoxe.', 'xapp-'].map(
    (prefix) => ({ prefix, least: 20, hasDots: true }) as const,
  ),
  // Stripe.
  ...['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_'].map((prefix) => ({ prefix, least: 16, isWord: true }) as const),
  { prefix: 'whsec_', least: 24 },
  // Makers and hosts of models.
  { prefix: 'hf_', least: 30, most: 40, isWord: true },
  { prefix: 'gsk_', least: 40, isWord: true },
  { prefix: 'xai-', least: 60, isWord: true },
  { prefix: 'pplx-', least: 40, isWord: true },
  { prefix: 'r8_', least: 30, isWord: true },
  { prefix: 'fw_', least: 20, isWord: true },
  { prefix: 'csk-', least: 40, isWord: true },
  { prefix: 'nvapi-', least: 60 },
  // Others whose keys are found in texts.
  { prefix: 'npm_', least: 36, most: 36, isWord: true },
  { prefix: 'pypi-AgEIcHlwaS5vcmc', least: 50 },
  { prefix: 'SG.', least: 60, hasDots: true },
  { prefix: 'dop_v1_', least: 64, most: 64, isWord: true },
  { prefix: 'shpat_', least: 32, most: 32, isWord: true },
  { prefix: 'hvs.', least: 24 },
  { prefix: 'dapi', least: 32, most: 34, isWord: true },
  { prefix: 'lin_api_', least: 40, isWord: true },
  { prefix: 'ntn_', least: 40, isWord: true },
];
const GATEWAY: KeyForm = { prefix: 'sk-gw-', least: 38 };

const FIRST_LETTERS = FORMS.map(({ prefix }) => prefix[0]).join('');
const SECOND_LETTERS = FORMS.map(({ prefix }) => prefix[1]).join('');

/** Forms by the first three characters; the longest prefix first. */
const BY_START = byStart();

/** Keys of providers of models and of other services, by their prefixes. A key's own check is not looked at: nobody publishes it. */
export const apiKey: Detector = {
  type: 'api_key',
  at: FIRST_LETTERS,
  second: SECOND_LETTERS,
  atWordStart: true,
  find(window, index) {
    const forms = BY_START.get(startOf(window.at(index), window.at(index + 1), window.at(index + 2)));
    if (forms === undefined || !startsFreely(window, index) || startsWith(window, index, GATEWAY.prefix)) return 0;
    for (const form of forms) {
      if (!startsWith(window, index, form.prefix, STARTS)) continue;
      return keyEnd(window, index + form.prefix.length, form);
    }
    return 0;
  },
};

/** Not behind a dash or a dot: what stands there is a longer word, and looking at each of its parts would take long. */
function startsFreely(window: TextWindow, index: number): boolean {
  const before = window.at(index - 1);
  return !is(before, DASH) && before !== DOT;
}

function keyEnd(window: TextWindow, start: number, form: KeyForm): number {
  let index = start;
  while (index - start < LONGEST_KEY && belongs(window.at(index), form)) index++;
  // What ends a sentence is no part of it.
  while (index > start && !is(window.at(index - 1), WORD)) index--;
  const length = index - start;
  if (length < form.least || length > (form.most ?? LONGEST_KEY)) return 0;
  return isRandom(window.slice(start, index), form) ? index : 0;
}

/** Not what stands for a key in instructions: `sk-xxxxxxxx`, `sk-your-api-key-goes-here`. */
function isRandom(key: string, form: KeyForm): boolean {
  if (form.isUpper) return true;
  if (/[xX*]{8}|your|placeholder|example/i.test(key)) return false;
  return /\d/.test(key) || (/[a-z]/.test(key) && /[A-Z]/.test(key));
}

function belongs(unit: number, form: KeyForm): boolean {
  if (form.isUpper) return is(unit, UPPER | DIGIT);
  return is(unit, WORD) || (!form.isWord && is(unit, DASH)) || (form.hasDots === true && unit === DOT);
}

function startsWith(window: TextWindow, index: number, text: string, from = 0): boolean {
  for (let each = from; each < text.length; each++) if (window.at(index + each) !== text.charCodeAt(each)) return false;
  return true;
}

function startOf(first: number, second: number, third: number): number {
  return (first * 128 + second) * 128 + third;
}

function byStart(): ReadonlyMap<number, readonly KeyForm[]> {
  const forms = [...FORMS].sort((one, other) => other.prefix.length - one.prefix.length);
  const grouped = new Map<number, KeyForm[]>();
  for (const form of forms) {
    const start = startOf(form.prefix.charCodeAt(0), form.prefix.charCodeAt(1), form.prefix.charCodeAt(2));
    grouped.set(start, [...(grouped.get(start) ?? []), form]);
  }
  return grouped;
}

/** Virtual keys of this gateway, and its bootstrap credential. */
export const gatewayKey: Detector = {
  type: 'gateway_key',
  at: 's',
  second: 'k',
  atWordStart: true,
  find: (window, index) =>
    startsFreely(window, index) && startsWith(window, index, GATEWAY.prefix) ? keyEnd(window, index + GATEWAY.prefix.length, GATEWAY) : 0,
};
