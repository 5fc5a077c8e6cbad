import type { Body } from '../upstreams/turn';
import { checkHeldSchema, checkSettings, claudeOf } from './claude';
import { eachSchema, isObject, must, unknownFields } from './refusal';

/** Models of one maker on Bedrock, and what they refuse of Converse. */
interface Family {
  readonly models: RegExp;
  check(body: Body, model: string): void;
}

const FAMILIES: readonly Family[] = [
  { models: /^(?:[a-z-]+\.)?anthropic\.claude-/, check: checkClaude },
  { models: /^(?:[a-z-]+\.)?amazon\.nova-/, check: checkNova },
  { models: /^(?:[a-z-]+\.)?openai\.gpt-/, check: checkGpt },
];

export function familyOf(model: string): Family | undefined {
  return FAMILIES.find(({ models }) => models.test(model));
}

/** @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html */
function checkClaude(body: Body, model: string): void {
  const claude = claudeOf(model);
  must(claude !== undefined, 'The provided model identifier is invalid.');
  const fields = body.additionalModelRequestFields ?? {};
  const [extra] = unknownFields(fields, 'thinking top_k anthropic_beta output_config anthropic_version context_management');
  must(extra === undefined, `The model returned the following errors: ${extra}: Extra inputs are not permitted`);
  const { maxTokens, temperature, topP } = body.inferenceConfig ?? {};
  checkSettings(model, claude, {
    maxTokens,
    temperature,
    topP,
    topK: fields.top_k,
    thinking: fields.thinking,
    effort: body.outputConfig?.effort ?? fields.output_config?.effort,
    forcesTool: body.toolConfig?.toolChoice !== undefined && !('auto' in body.toolConfig.toolChoice),
  });
  const last = body.messages.at(-1);
  must(
    claude.prefill || last.role === 'user',
    'The model returned the following errors: This model does not support assistant message prefill. The conversation must end with a user message.',
  );
  const text = last.content.at(-1)?.text;
  must(
    last.role === 'user' || text === undefined || text === text.trimEnd(),
    'The model returned the following errors: messages: final assistant content cannot end with trailing whitespace',
  );
  for (const { toolSpec } of body.toolConfig?.tools ?? []) {
    if (toolSpec === undefined) continue;
    const root = toolSpec.inputSchema.json;
    must(
      !['oneOf', 'allOf', 'anyOf'].some((union) => union in root),
      'The model returned the following errors: tools.0.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level',
    );
    if (toolSpec.strict === true) checkHeldSchema(root, `tools.${toolSpec.name}`);
  }
  checkFormat(body, /claude-(?:opus-4-[56]|sonnet-4-[56]|haiku-4-5)/.test(model));
  if (fields.thinking?.type === 'enabled') checkThinkingCameBack(body.messages);
}

/** @see https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html */
function checkFormat({ outputConfig }: Body, isListed: boolean): void {
  if (outputConfig?.textFormat === undefined) return;
  must(isListed, 'The model returned the following errors: output_config.format: Extra inputs are not permitted');
  checkHeldSchema(JSON.parse(outputConfig.textFormat.structure.jsonSchema.schema), 'output_config.format.schema');
}

function checkThinkingCameBack(messages: Body[]): void {
  const [asked, answered] = [messages.at(-2), messages.at(-1)];
  if (asked === undefined || !answered.content.some((block: Body) => 'toolResult' in block)) return;
  must(
    'reasoningContent' in asked.content[0],
    `The model returned the following errors: messages.${messages.length - 2}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${Object.keys(asked.content[0])[0]}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block`,
  );
}

/**
 * @see https://docs.aws.amazon.com/nova/latest/userguide/tool-use-definition.html
 * @see https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
 */
function checkNova(body: Body, model: string): void {
  const malformed = (what: string): string =>
    `The model returned the following errors: Malformed input request: ${what}, please reformat your input and try again.`;
  const isSecond = /nova-2-/.test(model);
  const fields = body.additionalModelRequestFields ?? {};
  const [extra] = unknownFields(fields, 'inferenceConfig reasoningConfig');
  must(extra === undefined, malformed(`#: extraneous key [${extra}] is not permitted`));
  (body.toolConfig?.tools ?? []).forEach((tool: Body, index: number) => {
    must(tool.toolSpec !== undefined, malformed(`#/toolConfig/tools/${index}: required key [toolSpec] not found`));
    const [key] = unknownFields(tool.toolSpec.inputSchema.json, 'type properties required');
    must(key === undefined, malformed(`#/toolConfig/tools/${index}/toolSpec/inputSchema/json: extraneous key [${key}] is not permitted`));
    must(tool.toolSpec.strict === undefined, malformed(`#/toolConfig/tools/${index}/toolSpec: extraneous key [strict] is not permitted`));
    checkReferences(tool.toolSpec.inputSchema.json, malformed);
  });
  const longest = isSecond ? 64_000 : 10_000;
  const { maxTokens, temperature, topP } = body.inferenceConfig ?? {};
  must(
    maxTokens === undefined || maxTokens <= longest,
    `The maximum tokens you requested exceeds the model limit of ${longest}. Try again with a maximum tokens value that is lower than ${longest}.`,
  );
  must(body.outputConfig === undefined, malformed('#: extraneous key [outputConfig] is not permitted'));
  const { reasoningConfig: reasoning } = fields;
  if (reasoning === undefined) return;
  must(isSecond, malformed('the provided reasoning config value is invalid'));
  must(
    reasoning.type === 'disabled' || ['low', 'medium', 'high'].includes(reasoning.maxReasoningEffort),
    malformed('the provided reasoning config value is invalid'),
  );
  if (reasoning.maxReasoningEffort !== 'high') return;
  for (const [name, value] of Object.entries({ maxTokens, temperature, topP })) {
    must(value === undefined, `${name} must be unset when maxReasoningEffort is high.`);
  }
}

/** What the root defines is gone there, so nothing may refer to it. */
function checkReferences(schema: Body, malformed: (what: string) => string): void {
  eachSchema(schema, (one, path) => {
    must(!('$ref' in one), malformed(`a $ref at ${path} cannot be resolved`));
  });
}

/** @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-openai.html */
function checkGpt(body: Body, model: string): void {
  const isOpen = /gpt-oss/.test(model);
  must(isOpen || /gpt-(?:5\.6|6)/.test(model), 'This model does not support the Converse API.');
  const fields = body.additionalModelRequestFields ?? {};
  const [extra] = unknownFields(fields, isOpen ? 'reasoning_effort max_completion_tokens' : 'reasoning text');
  must(extra === undefined, `The model returned the following errors: Unknown parameter: '${extra}'.`);
  const longest = isOpen ? 16_384 : 128_000;
  const { maxTokens, stopSequences } = body.inferenceConfig ?? {};
  must(maxTokens === undefined || maxTokens <= longest, `The maximum tokens you requested exceeds the model limit of ${longest}.`);
  must(isOpen || stopSequences === undefined, "This model doesn't support the stopSequences field. Remove stopSequences and try again.");
  const marked = JSON.stringify([body.system ?? [], body.messages, body.toolConfig ?? {}]).includes('"cachePoint"');
  must(!marked, 'You invoked an unsupported model or your request did not allow prompt caching.');
  must(body.outputConfig === undefined || isObject(body.outputConfig), 'outputConfig must be an object');
  for (const { content } of body.messages) {
    for (const block of content) {
      const seen = (block.toolResult?.content ?? []).some((inner: Body) => 'image' in inner);
      must(!seen, "This model doesn't support the image field for user messages. Remove image and try again.");
      must(block.toolResult?.status === undefined, "This model doesn't support the status field. Remove status and try again.");
      must(
        !('reasoningContent' in block) || block.reasoningContent.reasoningText?.signature === undefined,
        "This model doesn't support the reasoningContent.reasoningText.signature field. Remove reasoningContent.reasoningText.signature and try again.",
      );
    }
  }
}
