import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PROMPT = 'Read the file note.txt and tell me what it says.';

/** Models behind the gateway, by the wire format that they are reached in. */
const TARGETS = {
  'anthropic-messages': 'anthropic/claude-opus-4-5',
  'bedrock-converse': 'bedrock/us.anthropic.claude-opus-4-5-20251101-v1:0',
  gemini: 'google-ai-studio/gemini-2.5-pro',
  'openai-chat': 'chat/some-model',
  'openai-responses': 'openai/gpt-5.1-codex',
};

/** Each client asks for its own vendor's model, which the gateway sends elsewhere. */
export const cases = [
  claudeCode('anthropic-messages'),
  claudeCode('bedrock-converse'),
  claudeCode('gemini'),
  claudeCode('openai-chat'),
  claudeCode('openai-responses'),
  claudeCode('bedrock-converse', 'without experimental betas', { CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS: '1' }),
  claudeCode('anthropic-messages', 'with a bearer token and discovery', { CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: '1' }),
  codex('openai-responses', 'gpt-5.1'),
  codex('openai-responses', 'gpt-6.1-sol'),
  codex('anthropic-messages', 'gpt-5.1'),
  codex('anthropic-messages', 'gpt-6.1-sol'),
  codex('bedrock-converse', 'gpt-6.1-sol'),
  codex('gemini', 'gpt-6.1-sol'),
  codex('openai-chat', 'gpt-6.1-sol'),
  codexBuiltIn('openai-responses'),
  opencode('openai-chat', '@ai-sdk/openai-compatible'),
  opencode('anthropic-messages', '@ai-sdk/openai-compatible'),
  opencode('anthropic-messages', '@ai-sdk/anthropic'),
  opencode('gemini', '@ai-sdk/anthropic'),
  opencode('openai-responses', '@ai-sdk/openai'),
  opencode('bedrock-converse', '@ai-sdk/openai'),
  ...[claudeCode('anthropic-messages'), codex('openai-responses', 'gpt-6.1-sol'), opencode('openai-chat', '@ai-sdk/openai-compatible')].map(
    withSpentBudget,
  ),
];

/** The same client with a key that may spend nothing more, on a model that costs something. */
function withSpentBudget(one) {
  const [alias] = one.also.split('=');
  return { ...one, name: `${one.client} with a spent budget`, also: `${alias}=simulated/simulated-1`, spent: true };
}

function claudeCode(wire, variant, more = {}) {
  const credential = variant?.includes('bearer') ? 'ANTHROPIC_AUTH_TOKEN' : 'ANTHROPIC_API_KEY';
  return {
    name: `claude-code${variant === undefined ? '' : ` ${variant}`} on ${wire}`,
    client: 'claude-code',
    wire,
    also: `claude-*=${TARGETS[wire]}`,
    tools: (file) => [{ name: 'Read', input: { file_path: file } }],
    prepare: ({ url, key }) => ({
      args: ['-p', PROMPT, '--allowedTools', 'Read'],
      env: { ANTHROPIC_BASE_URL: url, [credential]: key, CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', ...more },
    }),
  };
}

/** A model that Codex has a description of comes with its tools in the input. */
function codex(wire, model) {
  return {
    name: `codex (${model}) on ${wire}`,
    client: 'codex',
    wire,
    also: `gpt-*=${TARGETS[wire]}`,
    tools: (file) => [
      freeTextCall(`text(await tools.exec_command({ cmd: 'cat ${file}' }))`),
      { name: 'exec_command', input: { cmd: `cat ${file}` } },
      { name: 'shell_command', input: { command: `cat ${file}` } },
      { name: 'shell', input: { command: ['cat', file] } },
    ],
    prepare: ({ url, key, home }) => {
      mkdirSync(join(home, '.codex'));
      writeFileSync(
        join(home, '.codex/config.toml'),
        [
          'model_provider = "gateway"',
          `model = "${model}"`,
          '[model_providers.gateway]',
          'name = "Gateway"',
          `base_url = "${url}/v1"`,
          'env_key = "GATEWAY_KEY"',
          'wire_api = "responses"',
          '',
        ].join('\n'),
      );
      return { args: ['exec', '--skip-git-repo-check', '--sandbox', 'read-only', PROMPT], env: { GATEWAY_KEY: key } };
    },
  };
}

/** Codex's own OpenAI provider, which tries a WebSocket first. */
function codexBuiltIn(wire) {
  return {
    ...codex(wire, 'gpt-6.1-sol'),
    name: `codex (its own provider) on ${wire}`,
    prepare: ({ url, key, home }) => {
      mkdirSync(join(home, '.codex'));
      writeFileSync(join(home, '.codex/config.toml'), `model = "gpt-6.1-sol"\nopenai_base_url = "${url}/v1"\n`);
      return { args: ['exec', '--skip-git-repo-check', '--sandbox', 'read-only', PROMPT], env: { CODEX_API_KEY: key } };
    },
  };
}

/** Where Codex offers nothing but a program to write, which then calls the tools. */
function freeTextCall(text) {
  return { name: 'functions__exec', input: { input: text }, freeText: { namespace: 'functions', name: 'exec', text } };
}

function opencode(wire, npm) {
  return {
    name: `opencode (${npm}) on ${wire}`,
    client: 'opencode',
    wire,
    also: `my-model=${TARGETS[wire]}`,
    tools: (file) => [{ name: 'read', input: { filePath: file } }],
    prepare: ({ url, key, project }) => {
      const provider = { npm, name: 'Gateway', options: { baseURL: `${url}/v1`, apiKey: '{env:GATEWAY_KEY}' } };
      writeFileSync(
        join(project, 'opencode.json'),
        JSON.stringify({
          provider: { gateway: { ...provider, models: { 'my-model': { name: 'Mine' } } } },
          model: 'gateway/my-model',
          small_model: 'gateway/my-model',
          autoupdate: false,
          share: 'disabled',
        }),
      );
      return {
        args: ['run', PROMPT],
        env: { GATEWAY_KEY: key, OPENCODE_DISABLE_MODELS_FETCH: '1', OPENCODE_DISABLE_AUTOUPDATE: '1' },
      };
    },
  };
}
