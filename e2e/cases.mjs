import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PROMPT = 'Read the file note.txt and tell me what it says.';

/** Vendors by the name of their stand-in, each with its models of today, and some that take less. */
const VENDORS = {
  'Bedrock (Claude)': {
    model: 'bedrock/us.anthropic.claude-opus-5-5',
    others: ['bedrock/us.anthropic.claude-opus-4-5-20251101-v1:0', 'bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0'],
  },
  'Bedrock (GPT)': {
    model: 'bedrock/us.openai.gpt-6.1-sol',
    others: ['bedrock/us.openai.gpt-5.6-sol', 'bedrock/us.openai.gpt-5.4', 'bedrock/openai.gpt-oss-120b-1:0'],
  },
  'Bedrock (Nova)': { model: 'bedrock/us.amazon.nova-2-lite-v1:0', others: ['bedrock/us.amazon.nova-pro-v1:0'] },
  OpenAI: { model: 'openai/gpt-6.1-sol', others: ['openai/gpt-5.4', 'openai/gpt-5.1-codex', 'openai/gpt-4o'] },
  Gemini: { model: 'google-ai-studio/gemini-3.8-flash', others: ['google-ai-studio/gemini-2.5-pro', 'google-ai-studio/gemini-2.5-flash'] },
  Mistral: { model: 'mistral/devstral-medium-latest', others: ['mistral/mistral-medium-3-5'] },
  DeepSeek: { model: 'deepseek/deepseek-v4-pro', others: ['deepseek/deepseek-v4-flash'] },
};

const CLIENTS = [claudeCode, (on) => codex(on, 'gpt-6.1-sol'), (on) => opencode(on, '@ai-sdk/openai-compatible')];
const models = Object.entries(VENDORS);

/** Each client asks for its own vendor's model, which the gateway sends elsewhere. */
export const cases = [
  ...CLIENTS.flatMap((client) => models.map(([vendor, { model }]) => client({ vendor, model }))),
  ...CLIENTS.flatMap((client) => models.flatMap(([vendor, { others }]) => others.map((model) => client({ vendor, model })))),
  ...CLIENTS.map((client) => client({ vendor: 'any compatible server', model: 'chat/some-model' })),
  claudeCode({ vendor: 'Anthropic', model: 'anthropic/claude-opus-5-5' }),
  claudeCode({ vendor: 'Anthropic', model: 'anthropic/claude-opus-4-5' }, 'with a bearer token and discovery', {
    CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: '1',
  }),
  claudeCode({ vendor: 'Bedrock (Claude)', model: 'bedrock/us.anthropic.claude-opus-5-5' }, 'without experimental betas', {
    CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS: '1',
  }),
  codex({ vendor: 'OpenAI', model: 'openai/gpt-5.1-codex' }, 'gpt-5.1'),
  codex({ vendor: 'Anthropic', model: 'anthropic/claude-opus-4-5' }, 'gpt-5.1'),
  codexBuiltIn({ vendor: 'OpenAI', model: 'openai/gpt-6.1-sol' }),
  opencode({ vendor: 'Anthropic', model: 'anthropic/claude-opus-4-5' }, '@ai-sdk/anthropic'),
  opencode({ vendor: 'Gemini', model: 'google-ai-studio/gemini-3.8-flash' }, '@ai-sdk/anthropic'),
  opencode({ vendor: 'DeepSeek', model: 'deepseek/deepseek-v4-pro' }, '@ai-sdk/anthropic'),
  opencode({ vendor: 'OpenAI', model: 'openai/gpt-6.1-sol' }, '@ai-sdk/openai'),
  opencode({ vendor: 'Mistral', model: 'mistral/mistral-medium-3-5' }, '@ai-sdk/openai'),
  ...CLIENTS.map((client) => withSpentBudget(client({ vendor: 'no vendor', model: 'simulated/simulated-1' }))),
];

/** The same client with a key that may spend nothing more, on a model that costs something. */
function withSpentBudget(one) {
  return { ...one, client: `${one.client} with a spent budget`, spent: true };
}

function named(program, detail, { vendor, model }, pattern, rest) {
  return { program, client: detail === undefined ? program : `${program} ${detail}`, vendor, model, also: `${pattern}=${model}`, ...rest };
}

function claudeCode(on, variant, more = {}) {
  const credential = variant?.includes('bearer') ? 'ANTHROPIC_AUTH_TOKEN' : 'ANTHROPIC_API_KEY';
  return named('claude-code', variant, on, 'claude-*', {
    read: (file) => [{ name: 'Read', input: { file_path: file } }],
    prepare: ({ url, key }) => ({
      args: ['-p', PROMPT, '--allowedTools', 'Read'],
      env: { ANTHROPIC_BASE_URL: url, [credential]: key, CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', ...more },
    }),
  });
}

/** A model that Codex has a description of comes with its tools in the input. */
function codex(on, model) {
  return named('codex', `(${model})`, on, 'gpt-*', {
    read: (file) => [
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
  });
}

/** Codex's own OpenAI provider, which tries a WebSocket first. */
function codexBuiltIn(on) {
  return {
    ...codex(on, 'gpt-6.1-sol'),
    client: 'codex (its own provider)',
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

function opencode(on, npm) {
  return named('opencode', `(${npm})`, on, 'my-model', {
    read: (file) => [{ name: 'read', input: { filePath: file } }],
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
  });
}
