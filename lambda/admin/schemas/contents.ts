import { CONTENT_LEVELS } from '../../../lib/private/contract';
import type { Schema } from '../schema';
import { TIME } from './level';

const TEXT: Schema = { type: 'string' };

export const CONTENT: Schema = {
  title: 'Content',
  type: 'object',
  additionalProperties: false,
  required: ['id', 'at', 'level'],
  properties: {
    id: TEXT,
    at: TIME,
    level: { type: 'string', enum: CONTENT_LEVELS.filter((level) => level !== 'off') },
    key_id: TEXT,
    team_id: TEXT,
    project_id: TEXT,
    user_id: TEXT,
    labels: { type: 'object', additionalProperties: TEXT },
    dialect: TEXT,
    route: TEXT,
    original_model: TEXT,
    provider: TEXT,
    request_model: TEXT,
    status: { type: 'integer' },
    outcome: TEXT,
    request_bytes: { type: 'integer', minimum: 0 },
    request: { description: 'As the caller sent it; `{"base64"}` where it is no text.' },
    answer: { description: 'As it was sent to the caller; of a redacted stream its texts, by where they stand in its frames.' },
    pieces: { type: 'integer', minimum: 1, description: 'Earlier pieces of a long answer, to be read by `part`.' },
    cut: { type: 'boolean', description: 'The answer was too long to be redacted as a whole; its end is missing.' },
    omitted: { type: 'array', items: TEXT, description: 'What is too large for one answer and has to be read by `part`.' },
  },
};
