import type { ProviderKind } from '../../../lib/private/contract';

interface Row {
  /** Where the model is served; absent: wherever one of that name is. */
  readonly kind?: ProviderKind;
  readonly models: RegExp;
  /** As `server_tools` names them. */
  readonly tools: readonly string[];
}

const WEB_SEARCH = ['web_search'];

/** Models that use tools of their provider whatever a call asks for. */
const ROWS: readonly Row[] = [
  // @see https://docs.perplexity.ai/getting-started/models
  { models: /(?:^|[/-])sonar(?![a-z])/i, tools: WEB_SEARCH },
  // @see https://docs.perplexity.ai/changelog (the models before Sonar), https://openrouter.ai/docs/features/web-search
  { models: /[-:]online$/i, tools: WEB_SEARCH },
  // @see https://platform.openai.com/docs/guides/deep-research, https://ai.google.dev/gemini-api/docs/deep-research
  { models: /deep-research/i, tools: WEB_SEARCH },
  // @see https://platform.openai.com/docs/guides/tools-web-search?api-mode=chat
  { models: /-search-(?:preview|api)(?![a-z])/i, tools: WEB_SEARCH },
  // @see https://console.groq.com/docs/compound/systems
  {
    kind: 'groq',
    models: /(?:^|\/)compound(?![a-z])/i,
    tools: ['web_search', 'visit_website', 'code_execution', 'browser_automation'],
  },
];

/** Server-side tools that a model uses without being asked to. */
export function ownToolsOf(kind: ProviderKind, model: string): readonly string[] {
  return ROWS.filter((row) => (row.kind ?? kind) === kind && row.models.test(model)).flatMap(({ tools }) => tools);
}
