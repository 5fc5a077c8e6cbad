import { GUARD_TYPES, type GuardType } from '../../../lib/private/contract';
import { Random } from '../../fuzz/random';
import { decoys } from './decoys';
import { VALUES } from './values';

/** A text, and what stands in it. */
export interface LabelledText {
  readonly locale: string;
  readonly text: string;
  readonly labels: readonly Label[];
}

export interface Label {
  readonly type: GuardType;
  readonly start: number;
  readonly end: number;
}

export const CORPUS_LOCALES = ['us', 'gb', 'de', 'fr', 'it', 'es', 'nl', 'pl', 'in', 'br', 'sg', 'au'] as const;

/** Sentences around a value, which is `#`; some name what it is. */
const SENTENCES: Readonly<Record<string, readonly string[]>> = {
  us: [
    'Please update my record: #.',
    'The value on file is # as of today',
    'My number is #, call me back.',
    'See (#) for details.',
    'Ref #',
  ],
  gb: ['Could you check # for me?', 'I have written down #.', 'My phone number is #, or so I am told', 'It says "#" on the letter.'],
  de: ['Bitte prüfen Sie #.', 'Meine Nummer lautet #, danke.', 'Auf dem Bescheid steht # und sonst nichts.', 'Daten: #'],
  fr: ['Merci de vérifier #.', 'Mon numéro est #, à bientôt', 'Le dossier porte la mention « # ».'],
  it: ['Per favore controlli #.', 'Il mio numero è #, grazie', 'Nel modulo ho scritto #.'],
  es: ['Por favor, compruebe #.', 'Mi número es #, gracias', 'En la ficha pone #.'],
  nl: ['Kunt u # controleren?', 'Mijn nummer is #, bedankt', 'Er staat # op de brief.'],
  pl: ['Proszę sprawdzić #.', 'Mój numer to #, dziękuję', 'W dokumencie jest #.'],
  in: ['Kindly verify # at the earliest.', 'My number is #, please note', 'कृपया # की जाँच करें।'],
  br: ['Por favor, verifique #.', 'Meu número é #, obrigado', 'No cadastro consta #.'],
  sg: ['Please help to check #, thanks.', 'My number is # lah', '请核对#，谢谢。'],
  au: ['Can you look up # please?', 'My number is #, cheers', 'The form says #.'],
};
/** What values stand in beside sentences, in every country. */
const FORMS = ['{"value": "#"}', 'a;#;b', '<td>#</td>', '| x | # |', 'level=info value="#" ok', '- **#**', '[#]', 'value: #'];
/** Where a type says what it is before it is known. */
const IN_FRONT: Partial<Record<GuardType, string>> = { url_credentials: 'postgres://' };
const BEHIND: Partial<Record<GuardType, string>> = { url_credentials: '@db.example.com/app' };

const ALL = Object.keys(GUARD_TYPES) as readonly GuardType[];

/** The types that are met in a country. */
function typesOf(locale: string): readonly GuardType[] {
  return ALL.filter((type) => !('locale' in GUARD_TYPES[type]) || (GUARD_TYPES[type] as { locale: string }).locale === locale);
}

/** One text of the corpus: sentences with values and with what only looks like them. */
export function labelledText(seed: number): LabelledText {
  const random = new Random('guard corpus', seed);
  const locale = random.pick(CORPUS_LOCALES);
  const labels: Label[] = [];
  let text = '';
  for (let count = 1 + random.below(3); count > 0; count--) {
    const sentence = random.pick(random.oneIn(5) ? FORMS : (SENTENCES[locale] as readonly string[]));
    const at = sentence.indexOf('#');
    const isDecoy = random.oneIn(3);
    const types = typesOf(locale);
    const type = random.oneIn(3)
      ? types[types.length - 1 - random.below(types.length)]
      : random.pick(types.filter((each) => 'locale' in GUARD_TYPES[each] || random.oneIn(3)).concat('email'));
    const value = isDecoy ? random.pick(decoys)(random) : VALUES[type as GuardType](random, locale);
    const named = !isDecoy && type === 'us_ssn' && /^\d{9}$/.test(value) ? 'SSN ' : '';
    const before = sentence.slice(0, at) + named + (isDecoy ? '' : (IN_FRONT[type as GuardType] ?? ''));
    if (!isDecoy)
      labels.push({ type: type as GuardType, start: text.length + before.length, end: text.length + before.length + value.length });
    text += `${before}${value}${isDecoy ? '' : (BEHIND[type as GuardType] ?? '')}${sentence.slice(at + 1)}${random.pick([' ', '\n', '\n\n'])}`;
  }
  return { locale, text, labels };
}
