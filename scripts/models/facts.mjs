/** What litellm's list (MIT) says of a model beside its prices, in the names of `lib/private/contract/capabilities.ts`. What it leaves open stays open. */

/** Yes or no, where the list says either. */
const FLAGS = {
  tools: 'supports_function_calling',
  forcedTools: 'supports_forced_tool_use',
  vision: 'supports_vision',
  documents: 'supports_pdf_input',
  audioInput: 'supports_audio_input',
  videoInput: 'supports_video_input',
  audioOutput: 'supports_audio_output',
  prefill: 'supports_assistant_prefill',
  systemBetweenTurns: 'supports_mid_conversation_system',
};
/** A `false` of these says that nobody entered it, not that the vendor refuses it. */
const ONLY_YES = new Set(['vision', 'documents', 'audioInput', 'videoInput', 'audioOutput', 'tools']);
const SAMPLING = ['temperature', 'topP', 'topK'];
const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];
/** Known to every model that takes efforts, unless the list says otherwise. */
const USUAL_EFFORTS = new Set(['low', 'medium', 'high']);
const ENDPOINTS = { '/v1/chat/completions': 'chat', '/v1/responses': 'responses' };
/** Hosts with more than one wire format of OpenAI, for which the list tells which model speaks which. */
const TELLS_ENDPOINTS = new Set(['openai', 'azure']);

export function factsOf(entry) {
  if (entry.mode !== 'chat' && entry.mode !== 'responses') return undefined;
  const facts = {};
  for (const [name, field] of Object.entries(FLAGS)) {
    if (typeof entry[field] === 'boolean' && (entry[field] || !ONLY_YES.has(name))) facts[name] = entry[field];
  }
  if (entry.supports_sampling_params === false) for (const name of SAMPLING) facts[name] = false;
  if (entry.supports_parallel_function_calling === false && entry.supports_function_calling === true) facts.parallelTools = false;
  if (entry.supported_output_modalities?.includes('image') && /image|banana|omni/.test(entry.id ?? '')) facts.imageOutput = true;
  const efforts = effortsOf(entry);
  if (efforts !== undefined) facts.efforts = efforts;
  const thinking = thinkingOf(entry);
  if (thinking !== undefined) facts.thinking = thinking;
  if (entry.thinking_always_on === true) facts.thinkingOff = false;
  if (entry.supports_native_structured_output === true) facts.structuredOutput = ['json-schema'];
  if (entry.supports_native_structured_output === false) facts.structuredOutput = [];
  if (entry.prompt_cache_min_tokens > 0) facts.minCacheTokens = Number(entry.prompt_cache_min_tokens);
  const formats = (entry.supported_endpoints ?? []).map((path) => ENDPOINTS[path]).filter((format) => format !== undefined);
  if (TELLS_ENDPOINTS.has(entry.litellm_provider) && formats.length === 1) facts.calledBy = formats;
  if (/^\d{4}-\d\d-\d\d$/.test(entry.deprecation_date ?? '')) facts.endOfLife = entry.deprecation_date;
  return Object.keys(facts).length === 0 ? undefined : facts;
}

/** Efforts by name, where the list says of at least one whether the model knows it. */
function effortsOf(entry) {
  const said = EFFORTS.map((effort) => [effort, entry[`supports_${effort}_reasoning_effort`]]);
  if (said.every(([, known]) => known === undefined)) return undefined;
  const ceiling = EFFORTS.indexOf(entry.bedrock_output_config_effort_ceiling ?? 'max');
  return said.flatMap(([effort, known], index) => ((known ?? USUAL_EFFORTS.has(effort)) && index <= ceiling ? [effort] : []));
}

function thinkingOf(entry) {
  if (entry.supports_adaptive_thinking !== true) return undefined;
  return entry.supports_legacy_thinking === true ? ['adaptive', 'budget'] : ['adaptive'];
}
