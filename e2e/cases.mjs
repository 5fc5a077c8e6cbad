import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PROMPT = 'Read the file note.txt and tell me what it says.';

/** Models behind the gateway, those of today and some that take less. */
const TARGETS = JSON.parse(readFileSync(new URL('../test/clients/targets.json', import.meta.url), 'utf8'));

const CLIENTS = [
  (target) => claudeCode(target),
  (target) => codex(target, 'gpt-6.1-sol'),
  (target) => opencode(target, '@ai-sdk/openai-compatible'),
];
const on = (model) => TARGETS.find((target) => target.model === model);
const atEach = (targets) => CLIENTS.flatMap((client) => targets.map(client));

/** Each client asks for its own vendor's model, which the gateway sends elsewhere: first every client at every vendor. */
export const cases = [
  ...atEach(TARGETS.filter(({ newest }) => newest)),
  ...atEach(TARGETS.filter(({ newest }) => !newest)),
  claudeCode(on('anthropic/claude-opus-5-5'), 'with a bearer token and discovery', { CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: '1' }),
  claudeCode(on('bedrock/us.anthropic.claude-opus-5-5'), 'without experimental betas', { CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS: '1' }),
  ...TARGETS.filter(({ vendor }) => vendor.startsWith('Bedrock')).flatMap(byOwnName),
  codex(on('openai/gpt-5.1-codex'), 'gpt-5.1'),
  codex(on('anthropic/claude-opus-4-5'), 'gpt-5.1'),
  codexBuiltIn(on('openai/gpt-6.1-sol')),
  codexBuiltIn(on('bedrock/us.openai.gpt-6.1-sol')),
  claudeCode(
    on('bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0'),
    'by an alias that it does not know',
    { ANTHROPIC_MODEL: 'my-model' },
    'my-model',
  ),
  opencode(on('anthropic/claude-opus-4-5'), '@ai-sdk/anthropic'),
  opencode(on('google-ai-studio/gemini-3.8-flash'), '@ai-sdk/anthropic'),
  opencode(on('deepseek/deepseek-v4-pro'), '@ai-sdk/anthropic'),
  opencode(on('openai/gpt-6.1-sol'), '@ai-sdk/openai'),
  opencode(on('mistral/mistral-medium-3-5'), '@ai-sdk/openai'),
  ...atEach([{ vendor: 'no vendor', model: 'simulated/simulated-1' }]).map(withSpentBudget),
];

/** Each client, asking for the model itself, of which it may know less than of an alias. */
function byOwnName(target) {
  return [
    claudeCode(target, "by the model's own name", { ANTHROPIC_MODEL: target.model }),
    codex(target, target.model),
    opencode(target, '@ai-sdk/openai-compatible', target.model),
  ];
}

/** The same client with a key that may spend nothing more, on a model that costs something. */
function withSpentBudget(one) {
  return { ...one, client: `${one.client} with a spent budget`, spent: true };
}

function named(program, detail, target, pattern, rest) {
  const client = detail === undefined ? program : `${program} ${detail}`;
  return { ...target, program, client, also: `${pattern}=${target.model}`, ...rest };
}

function claudeCode(target, variant, more = {}, alias = 'claude-*') {
  const credential = variant?.includes('bearer') ? 'ANTHROPIC_AUTH_TOKEN' : 'ANTHROPIC_API_KEY';
  return named('claude-code', variant, target, alias, {
    read: (file) => [{ name: 'Read', input: { file_path: file } }],
    prepare: ({ url, key }) => ({
      args: ['-p', PROMPT, '--allowedTools', 'Read'],
      env: { ANTHROPIC_BASE_URL: url, [credential]: key, CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', ...more },
    }),
  });
}

/** A model that Codex has a description of comes with its tools in the input. */
function codex(target, model) {
  return named('codex', `(${model})`, target, 'gpt-*', {
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
function codexBuiltIn(target) {
  return {
    ...codex(target, 'gpt-6.1-sol'),
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

function opencode(target, npm, model = 'my-model') {
  const detail = model === 'my-model' ? npm : `${npm}, ${model}`;
  return named('opencode', `(${detail})`, target, 'my-model', {
    read: (file) => [{ name: 'read', input: { filePath: file } }],
    prepare: ({ url, key, project }) => {
      const provider = { npm, name: 'Gateway', options: { baseURL: `${url}/v1`, apiKey: '{env:GATEWAY_KEY}' } };
      writeFileSync(
        join(project, 'opencode.json'),
        JSON.stringify({
          provider: { gateway: { ...provider, models: { [model]: { name: 'Mine' } } } },
          model: `gateway/${model}`,
          small_model: `gateway/${model}`,
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
