import type { Schema } from '../schema';
import { TIME } from './level';
import { listOf } from './resource';

const TEXT: Schema = { type: 'string' };
const COUNT: Schema = { type: 'integer', minimum: 0 };
const USD: Schema = { type: 'string', description: 'US dollars as a decimal string, exact to the nano-dollar.' };
const MILLISECONDS: Schema = { type: 'number', minimum: 0 };
const LABELS: Schema = { type: 'object', additionalProperties: TEXT };

const ATTEMPT: Schema = {
  title: 'Attempt',
  type: 'object',
  additionalProperties: false,
  properties: {
    provider: TEXT,
    model: TEXT,
    region: TEXT,
    status: { type: 'integer' },
    outcome: { ...TEXT, description: "`ok`, or the error's code." },
    duration_ms: MILLISECONDS,
    estimated_cost_usd: { ...USD, description: 'Charged for an attempt without an answer that the provider may bill; part of `cost_usd`.' },
  },
};

const USAGE: Schema = {
  title: 'RequestUsage',
  type: 'object',
  additionalProperties: false,
  description: 'What was not reported is absent. Totals include their parts.',
  properties: {
    input_tokens: COUNT,
    cache_read_input_tokens: COUNT,
    cache_creation_input_tokens: COUNT,
    cache_creation_1h_input_tokens: COUNT,
    audio_input_tokens: COUNT,
    output_tokens: COUNT,
    reasoning_output_tokens: COUNT,
    audio_output_tokens: COUNT,
    units: {
      type: 'object',
      additionalProperties: { type: 'number', minimum: 0 },
      description: 'What is billed beside tokens: `image`, `second`, `character`, `page`, `call`.',
    },
    tool_calls: { type: 'object', additionalProperties: COUNT },
    service_tier: TEXT,
    estimated: { type: 'boolean', description: "The figures are the gateway's, not the provider's." },
  },
};

export const REQUEST: Schema = {
  title: 'Request',
  type: 'object',
  additionalProperties: false,
  required: ['id', 'state', 'created_at', 'updated_at', 'key_id'],
  properties: {
    id: { ...TEXT, description: '`x-gateway-request-id` of the answer.' },
    state: {
      type: 'string',
      enum: ['intent', 'settling', 'settled', 'void', 'expired_charged', 'adjusting', 'adjusted'],
      description: '`void` was not charged; `expired_charged` was charged in full because its process died before it could tell.',
    },
    key_id: TEXT,
    team_id: TEXT,
    project_id: TEXT,
    user_id: TEXT,
    tags: LABELS,
    labels: LABELS,
    operation: TEXT,
    dialect: TEXT,
    stream: { type: 'boolean' },
    original_model: { ...TEXT, description: 'As asked for.' },
    provider: TEXT,
    request_model: { ...TEXT, description: 'As sent.' },
    response_model: { ...TEXT, description: 'As answered.' },
    status: { type: 'integer' },
    outcome: { ...TEXT, description: "`ok`, or the error's code." },
    finish_reason: TEXT,
    incomplete: { type: 'boolean' },
    usage: USAGE,
    cost_usd: USD,
    reserved_usd: { ...USD, description: 'What was set aside before the call.' },
    price_version: TEXT,
    price_source: TEXT,
    attempts: { type: 'array', items: ATTEMPT },
    malformed_events: COUNT,
    latency_ms: MILLISECONDS,
    time_to_first_chunk_ms: MILLISECONDS,
    overhead_ms: MILLISECONDS,
    created_at: TIME,
    updated_at: TIME,
  },
};

export const REQUEST_LIST = listOf('Request', REQUEST);
