import { type GatewayError, invalidRequest } from '../../platform/error';
import type { JsonObject, JsonValue } from '../../platform/json';
import { foldCase } from '../../platform/runtime';

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
  `additionalModelRequestFields audio background best_of cache_control caching container context_management conversation deferred diagnostics dimensions enable_search encoding_format frequency_penalty function_call functions generationConfig guardrailConfig include inference_geo input
   input_type instructions logit_bias logprobs max_completion_tokens max_output_tokens max_tokens max_tool_calls mcp_servers messages metadata
   modalities model n output_config output_format parallel_tool_calls plugins prediction presence_penalty previous_response_id prompt prompt_cache_breakpoint prompt_cache_key reasoning
   reasoning_effort response_format safety_identifier safetySettings search_parameters seed service_tier speed stop stop_sequences store stream stream_options
   system temperature text thinking thread tool_choice tools top_k top_logprobs top_p user verbosity web_search_options`.split(/\s+/),
);

/** Fields of tools, messages, settings and their parts that policy and money are read from, or that say how much a provider does. */
export const READ_INSIDE: ReadonlySet<string> = new Set(
  `action audio budget_tokens cache_control caching compact_threshold connector_id container container_id content data detail display edits effort enabled environment
   execution external_web_access file file_data file_id file_url format function id image_url include_usage input_audio input_schema
   max_content_tokens max_results max_search_results max_uses mcp_server_name media_type memory_limit mimeType mime_type mode model name output parameters previous_message_id
   prompt_cache_breakpoint quality result role search_context_size search_type server_label server_url size source sources text tool_calls tools trigger ttl
   type url value vector_store_ids video_url`.split(/\s+/),
);

const FOLDED_FIELDS: ReadonlyMap<string, string> = new Map([...READ_FIELDS].map((name) => [foldCase(name), name]));
const FOLDED_INSIDE: ReadonlyMap<string, string> = new Map([...READ_INSIDE].map((name) => [foldCase(name), name]));

/** Top-level fields whose objects name nothing that is read. */
const UNREAD_INSIDE = new Set(['metadata', 'logit_bias', 'model', 'stop', 'stop_sequences', 'user']);
/** What is inside of these is named by the caller or by a model: schemas, arguments, headers, tools by their names. */
const FREE_INSIDE = new Set(
  'parameters input_schema output_schema schema properties metadata arguments input env variables headers attributes configs'.split(' '),
);

/**
 * Refuses names by which a server might read another request than the one that was admitted.
 *
 * @throws GatewayError 400 that names the field
 */
export function checkFieldNames(body: JsonObject): void {
  for (const field in body) {
    if (READ_FIELDS.has(field)) continue;
    const plain = foldCase(field);
    if (HOST_FIELDS.has(plain)) throw forbidden(field, field, 'providers are configured, not chosen by a request');
    const known = FOLDED_FIELDS.get(plain);
    if (known !== undefined) throw forbidden(field, field, `write it '${known}'`);
  }
  for (const field in body) {
    const found = READ_FIELDS.has(field) && !UNREAD_INSIDE.has(field) ? misspelled(body[field]) : undefined;
    if (found === undefined) continue;
    const name = found.slice(found.lastIndexOf('.') + 1);
    throw forbidden(name, field + found, `write it '${FOLDED_INSIDE.get(foldCase(name))}'`);
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
    if (!READ_INSIDE.has(field) && FOLDED_INSIDE.has(foldCase(field))) return `.${field}`;
    const inner = (value as JsonObject)[field];
    const found = typeof inner === 'object' && !FREE_INSIDE.has(field) ? misspelled(inner) : undefined;
    if (found !== undefined) return `.${field}${found}`;
  }
  return undefined;
}

function forbidden(field: string, param: string, why: string): GatewayError {
  return invalidRequest(param, `The field '${field}' is not accepted: ${why}.`, 'forbidden_field');
}
