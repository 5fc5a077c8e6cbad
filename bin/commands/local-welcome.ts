import { relative } from 'node:path';
import { callGateway } from '../../local/first-key';
import type { LocalRun } from '../../local/run';
import { isObject, list, object, text } from '../../local/template/json';

/** Asked for in the examples when the gateway lists no model by name. */
const ANY_MODEL = 'PROVIDER/MODEL';
const LISTED_MODELS = 6;

/** What a newcomer sees when the gateway is ready: where it is, the keys, and lines to paste. */
export async function welcome(run: LocalRun, data: string | undefined): Promise<string> {
  const models = await listModels(run);
  const chat = JSON.stringify({
    model: models[0]?.id ?? ANY_MODEL,
    stream: true,
    messages: [{ role: 'user', content: 'Hello! Who are you?' }],
  });
  return `
  ${bold('LLM gateway is ready')}

  URL         ${run.url}
  Key         ${run.key}
${ownAdminUrl(run, '  Admin URL   ')}  Admin key   ${run.adminKey}
  Models      ${describeModels(models)}
  Data        ${data === undefined ? 'in memory only' : relative(process.cwd(), data) || '.'}

  ${bold('Chat, streamed')}

    curl -N ${run.url}/v1/chat/completions \\
      -H 'Authorization: Bearer ${run.key}' \\
      -H 'Content-Type: application/json' \\
      -d '${chat}'

  ${bold('What it cost, and keys of your own')}

    export LLM_GATEWAY_URL=${run.url}
${ownAdminUrl(run, '    export LLM_GATEWAY_ADMIN_URL=')}    export LLM_GATEWAY_ADMIN_KEY=${run.adminKey}
    npx cdk-llm-gateway usage --group-by key,model
    npx cdk-llm-gateway keys create --name my-app --budget 5.00/month

  OpenAI clients: base URL ${run.url}/v1. Anthropic clients: base URL ${run.url}. Ctrl-C stops${data === undefined ? '' : '; the data stays'}.

`;
}

/** A line of its own where the admin plane is elsewhere, else nothing. */
function ownAdminUrl(run: LocalRun, before: string): string {
  return run.adminUrl === run.url ? '' : `${before}${run.adminUrl}\n`;
}

interface ListedModel {
  readonly id: string;
  readonly provider: string;
}

async function listModels(run: LocalRun): Promise<ListedModel[]> {
  const { status, body } = await callGateway('GET', `${run.url}/v1/models`, run.key);
  if (status !== 200 || !isObject(body)) return [];
  return list(body.data)
    .map(object)
    .map((model) => ({ id: text(model.id) ?? ANY_MODEL, provider: text(model.owned_by) ?? '' }));
}

function describeModels(models: readonly ListedModel[]): string {
  const names = models.slice(0, LISTED_MODELS).map(({ id }) => id);
  const more = models.length > LISTED_MODELS ? ', ...' : '';
  const simulated = models.length > 0 && models.every(({ provider }) => provider === 'simulated');
  const hint = simulated ? ' (simulated; set OPENAI_API_KEY, ANTHROPIC_API_KEY, ... and start again for real ones)' : '';
  return `${names.join(', ') || `${ANY_MODEL} of the app's providers`}${more}${hint}`;
}

function bold(words: string): string {
  return process.stdout.isTTY && !process.env.NO_COLOR ? `\u001b[1m${words}\u001b[22m` : words;
}
