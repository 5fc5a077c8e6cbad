/** A family of attacks that have been published, and how its texts read. */
export interface Family {
  readonly name: string;
  /** How sure one hit of it makes, 0 to 1. */
  readonly weight: number;
  /** Words in their order, `|` between those that stand for one another; up to five others may stand between them. */
  readonly phrases: readonly string[];
  /** The same for scripts without spaces, where up to a dozen characters may stand between. */
  readonly unspaced?: readonly string[];
}

const IGNORE = 'ignore|disregard|forget|overrule|override|bypass|neglect|discard';
const RULES =
  'instruction|instructions|prompt|prompts|rule|rules|guideline|guidelines|directions|directive|directives|programming|restrictions|safeguards|training';
const BEFORE = 'previous|previously|prior|above|earlier|preceding|former|initial|original|system|your|safety';
const SECRET = 'system|initial|hidden|secret|original|developer|internal';
const SAID = 'prompt|instructions|instruction|message|configuration|rules|directives';

/** @see https://owasp.org/www-project-top-10-for-large-language-model-applications/ LLM01 */
export const FAMILIES: readonly Family[] = [
  {
    name: 'override',
    weight: 0.75,
    phrases: [
      `${IGNORE} ${BEFORE} ${RULES}`,
      `${IGNORE} all|any|every ${RULES}`,
      `${IGNORE} everything told|said|above|before`,
      `not|never|stop|cease follow|following|obey|obeying ${BEFORE} ${RULES}`,
      'new|updated|real instructions|instruction follow|override|replace|supersede',
      'from now on you are|will|must',
      'ignoriere|ignorier|vergiss|missachte|verwirf bisherigen|vorherigen|obigen|fruheren|vorigen|deine anweisungen|anweisung|regeln|vorgaben|befehle',
      'ignore|ignorez|oublie|oubliez|neglige instructions|consignes|regles|directives precedentes|anterieures|dessus|initiales',
      'ignora|ignore|olvida|omite|descarta instrucciones|reglas|indicaciones|ordenes anteriores|previas|iniciales',
      'ignora|dimentica|trascura istruzioni|regole|indicazioni precedenti|sopra|iniziali',
      'ignore|esqueca|desconsidere instrucoes|regras|orientacoes anteriores|acima|iniciais',
      'negeer|vergeet vorige|eerdere|bovenstaande instructies|regels|opdrachten',
      'zignoruj|ignoruj|zapomnij poprzednie|wczesniejsze|powyzsze instrukcje|polecenia|zasady',
      'игнорируй|игнорируйте|забудь|забудьте предыдущие|прежние|прошлые инструкции|указания|правила',
    ],
    unspaced: [
      '忽略|无视|忘记 指令|指示|规则',
      '無視|忘れ 指示|命令|ルール',
      '指示|命令|ルール 無視|忘れ',
      '이전|위 지시|명령|규칙 무시|잊',
    ],
  },
  {
    name: 'extraction',
    weight: 0.7,
    phrases: [
      `reveal|print|show|repeat|output|display|leak|dump|recite|tell|give|share|disclose ${SECRET} ${SAID}`,
      'repeat|print|output|copy everything|all|text|words above|before|preceding',
      `what is|are|were|was ${SECRET} prompt|instructions|message`,
      'zeige|zeig|nenne|wiederhole|verrate systemprompt|systemanweisungen|systemnachricht',
      'revele|montre|affiche|repete prompt|instructions|consignes systeme|initiales|cachees',
      'revela|muestra|repite|imprime prompt|instrucciones|mensaje sistema|iniciales|ocultas',
      'rivela|mostra|ripeti prompt|istruzioni sistema|iniziali|nascoste',
      'revele|mostre|repita prompt|instrucoes sistema|iniciais|ocultas',
      'toon|geef|herhaal systeemprompt|systeeminstructies',
      'pokaz|ujawnij|powtorz prompt|instrukcje systemowy|systemowe|poczatkowe',
      'покажи|раскрой|повтори системный|системные|скрытые промпт|инструкции|сообщение',
    ],
    unspaced: [
      '显示|透露|重复|输出|告诉 系统|初始 提示|指令',
      'システム プロンプト|指示 表示|教え|出力|見せ',
      '시스템 프롬프트|지시 보여|출력|알려',
    ],
  },
  {
    name: 'persona',
    weight: 0.65,
    phrases: [
      'do anything now',
      'you|act|behave|pretend|roleplay|respond dan|stan|dude|jailbroken|unfiltered|uncensored|unrestricted|evil|amoral',
      'pretend|act|imagine|roleplay|behave|respond no|without restrictions|limits|limitations|rules|filter|filters|guidelines|ethics|morals|censorship',
      'developer|debug|god|sudo|admin|jailbreak mode enabled|activated|on|active',
      'ai|model|assistant|bot no|without ethical|moral|safety|content|any restrictions|filters|guidelines|limits|limitations|censorship|policies',
      'stay|remain in character no|always|whatever',
      'grandmother|grandma|grandpa used|would read|tell|recite',
      'du bist unzensiert|unzensierte|unbeschrankt|regeln|grenzen|filter',
      'tu es sans|aucune restrictions|restriction|filtre|limites|censure',
      'eres|actua sin|libre restricciones|filtros|censura|limites',
      'sei|agisci|comportati senza restrizioni|filtri|censura|limiti',
      'voce|aja|finja sem restricoes|filtros|censura|limites',
    ],
    unspaced: ['你现在|扮演|假装 没有|不受|无 限制|约束|规则', '制限 ない|なし ai|として'],
  },
  {
    name: 'markers',
    weight: 0.6,
    phrases: [
      'im_start system',
      'start_header_id system|assistant',
      'begin|end|start system|admin|developer prompt|message|instructions|override',
      'inst sys',
      'system override|note|alert ignore|you|new|all|comply',
      'end prompt|document|context|input new|now|begin instructions|task',
    ],
  },
  {
    name: 'exfiltration',
    weight: 0.6,
    phrases: [
      'send|post|forward|exfiltrate|upload|email|transmit conversation|history|credentials|secrets|passwords|keys http|https|url|endpoint|address|server|webhook',
      'render|include|insert|display|add image|link|markdown conversation|history|secret|secrets|prompt',
      'without|not telling|tell|mention|mentioning|informing|inform user|users this|that|about|anything',
    ],
  },
  {
    name: 'coercion',
    weight: 0.4,
    phrases: [
      'you must|will|have comply|obey regardless|no|always|every|any',
      'never|not refuse|decline|reject request|requests|anything|answer',
      'start|begin response|reply|answer sure|absolutely',
      'hypothetical|fictional|opposite world|mode|response no|anything rules|laws|goes',
      'disable|turn|switch|remove safety|content|ethical|security filters|filter|checks|guidelines|protocols|measures',
    ],
  },
];
