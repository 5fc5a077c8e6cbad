import { type GatewayError, invalidRequest } from '../core/model/error';
import type { JsonObject, JsonValue } from '../core/model/json';
import { foldCase } from '../core/runtime/fold';

/**
 * Fields by which other gateways, and providers that are gateways themselves, let a caller choose the host, or a model that was neither
 * allowed nor priced. Ours come from configuration alone.
 *
 * @see https://openrouter.ai/docs/features/model-routing (`models`, `provider`, `route`, `preset`)
 * @see https://learn.microsoft.com/en-us/azure/ai-foundry/openai/references/on-your-data (`data_sources`)
 */
export const HOST_FIELDS: ReadonlySet<string> = new Set(
  'api_base base_url custom_host endpoint api_key api_version models provider route preset fallbacks data_sources'.split(' '),
);

/** Fields of a body that any dialect reads. A server that reads names in any case must not see another value than this gateway did. */
export const READ_FIELDS: ReadonlySet<string> = new Set(
  `audio background best_of cache_control container conversation dimensions encoding_format frequency_penalty include inference_geo input
   input_type instructions logit_bias logprobs max_completion_tokens max_output_tokens max_tokens max_tool_calls mcp_servers messages metadata
   modalities model n output_config output_format parallel_tool_calls plugins presence_penalty previous_response_id prompt prompt_cache_key reasoning
   reasoning_effort response_format safety_identifier search_parameters seed service_tier speed stop stop_sequences store stream stream_options
   system temperature text thinking tool_choice tools top_k top_logprobs top_p user verbosity web_search_options`.split(/\s+/),
);

/** Fields of tools, messages and their parts that policy and money are read from. */
export const READ_INSIDE: ReadonlySet<string> = new Set(
  `audio cache_control container content data detail environment execution external_web_access file file_data file_id file_url function id
   image_url include_usage input_audio input_schema max_uses media_type memory_limit name output parameters prompt_cache_breakpoint quality
   result role server_label size source tool_calls tools ttl type url vector_store_ids video_url`.split(/\s+/),
);

/** Where the objects stand that `READ_INSIDE` is about; what else a body holds may be named by the caller, such as the fields of a schema. */
const OUTER = ['messages', 'system', 'input', 'tools', 'mcp_servers', 'stream_options', 'cache_control'];
const INNER = new Set(
  'audio cache_control container content environment file function image_url input_audio output prompt_cache_breakpoint source tools video_url'.split(
    ' ',
  ),
);

/**
 * Refuses names by which a server might read another request than the one that was admitted.
 *
 * @throws GatewayError 400 that names the field
 */
export function checkFieldNames(body: JsonObject): void {
  for (const field of Object.keys(body)) {
    const plain = foldCase(field);
    if (HOST_FIELDS.has(plain)) throw forbidden(field, field, 'providers are configured, not chosen by a request');
    if (plain !== field && READ_FIELDS.has(plain)) throw forbidden(field, field, `write it '${plain}'`);
  }
  for (const field of OUTER) {
    const found = misspelled(body[field]);
    if (found === undefined) continue;
    const name = found.slice(found.lastIndexOf('.') + 1);
    throw forbidden(name, field + found, `write it '${foldCase(name)}'`);
  }
}

/** Path of a field that reads like one of `READ_INSIDE` and is spelled otherwise. */
function misspelled(value: JsonValue | undefined): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const found = misspelled(value[index]);
      if (found !== undefined) return `[${index}]${found}`;
    }
    return undefined;
  }
  for (const field in value) {
    const plain = foldCase(field);
    if (plain !== field && READ_INSIDE.has(plain)) return `.${field}`;
    const inner = (value as JsonObject)[field];
    const found = typeof inner === 'object' && INNER.has(field) ? misspelled(inner) : undefined;
    if (found !== undefined) return `.${field}${found}`;
  }
  return undefined;
}

function forbidden(field: string, param: string, why: string): GatewayError {
  return invalidRequest(param, `The field '${field}' is not accepted: ${why}.`, 'forbidden_field');
}
