import { isSignature } from '../upstreams/scripted-state';
import type { Body } from '../upstreams/turn';
import { familyOf } from './bedrock-models';
import { countMarks, doubled, isObject, must, Refusal, unknownFields } from './refusal';

const FIELDS = `messages system inferenceConfig toolConfig guardrailConfig additionalModelRequestFields promptVariables
 additionalModelResponseFieldPaths requestMetadata performanceConfig serviceTier outputConfig`;
const BLOCKS = 'text image document video audio toolUse toolResult guardContent cachePoint reasoningContent citationsContent searchResult';
const OF_RESULT = 'json text image document video searchResult';
const TOOL_NAME = /^[a-zA-Z0-9_-]{1,64}$/;
const TOOL_USE_ID = /^[a-zA-Z0-9_.:-]{1,64}$/;
const DOCUMENT_NAME = /^(?!.*\s\s)[a-zA-Z0-9\s()[\]-]{1,200}$/;

/**
 * What Bedrock refuses of Converse, first for every model, then for the one that is asked.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export function checkConverse(body: Body, model: string): void {
  const family = familyOf(model);
  if (family === undefined) throw new Refusal('The provided model identifier is invalid.');
  const [extra] = unknownFields(body, FIELDS);
  must(extra === undefined, `Unexpected field ${extra}`);
  must(Array.isArray(body.messages) && body.messages.length > 0, 'The messages field is required. Add messages and try again.');
  checkSystem(body.system ?? []);
  checkTurns(body.messages);
  checkTools(body);
  checkInference(body.inferenceConfig ?? {});
  const marks = countMarks([body.toolConfig?.tools, body.system, body.messages], 'cachePoint');
  must(marks <= 4, `A maximum of 4 cachePoint blocks may be provided. Found ${marks}.`);
  family.check(body, model);
}

function checkSystem(system: Body[]): void {
  system.forEach((block, index) => {
    const [kind] = kindsOf(block);
    must(['text', 'guardContent', 'cachePoint'].includes(kind ?? ''), `Unexpected block at system.${index}`);
    if (kind !== 'text') return;
    must(
      /\S/.test(block.text),
      `The text field in the SystemContentBlock object at system.${index} is blank. Add text to the text field, and try again.`,
    );
    must(
      !/^\s*x-anthropic-billing-header/.test(block.text),
      `system.${index}: x-anthropic-billing-header is a reserved keyword and may not be used in the system prompt`,
    );
  });
}

function checkTurns(messages: Body[]): void {
  must(
    messages[0].role === 'user',
    'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
  );
  const documents: string[] = [];
  let called: string[] = [];
  messages.forEach((message, index) => {
    const at = `messages.${index}`;
    must(
      ['user', 'assistant'].includes(message.role),
      `Value '${message.role}' at '${at}.role' failed to satisfy constraint: Member must satisfy enum value set: [user, assistant]`,
    );
    must(
      index === 0 || messages[index - 1].role !== message.role,
      'A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.',
    );
    must(
      message.content.length > 0,
      `The content field in the Message object at ${at} is empty. Add a ContentBlock object to the content field and try again.`,
    );
    message.content.forEach((block: Body, place: number) => {
      checkBlock(block, message.role, `${at}.content.${place}`);
    });
    documents.push(...checkDocuments(message.content, at));
    called = checkPairs(message, called, at, index === messages.length - 1);
  });
  must(doubled(documents).length === 0, 'Two documents of the conversation have the same name.');
}

function kindsOf(block: Body): string[] {
  return Object.keys(block);
}

function checkBlock(block: Body, role: string, at: string): void {
  const kinds = kindsOf(block);
  must(kinds.length === 1 && BLOCKS.split(' ').includes(kinds[0] ?? ''), `The content block at ${at} must hold exactly one of ${BLOCKS}`);
  must(!('toolUse' in block) || role === 'assistant', `toolUse at ${at} is not of the assistant`);
  must(!('toolResult' in block) || role === 'user', `toolResult at ${at} is not of the user`);
  if ('text' in block) {
    must(/\S/.test(block.text), `The text field in the ContentBlock object at ${at} is blank. Add text to the text field, and try again.`);
  }
  if ('toolUse' in block) {
    must(
      TOOL_USE_ID.test(block.toolUse.toolUseId),
      `Value at '${at}.toolUse.toolUseId' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.:-]+`,
    );
    must(
      TOOL_NAME.test(block.toolUse.name),
      `Value at '${at}.toolUse.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+`,
    );
    must(
      isObject(block.toolUse.input),
      `The format of the value at ${at}.toolUse.input is invalid. Provide a json object for the field and try again.`,
    );
  }
  if ('toolResult' in block) {
    for (const [index, inner] of block.toolResult.content.entries()) {
      const [kind] = kindsOf(inner);
      must(OF_RESULT.split(' ').includes(kind ?? ''), `Unexpected block at ${at}.toolResult.content.${index}`);
      must(
        inner.text === undefined || /\S/.test(inner.text),
        `The text field in the ToolResultContentBlock object at ${at}.toolResult.content.${index} is blank.`,
      );
    }
  }
  const thought = block.reasoningContent?.reasoningText;
  must(
    thought?.signature === undefined || isSignature(thought.signature, thought.text),
    `${at}: Invalid \`signature\` in \`thinking\` block`,
  );
}

/** @returns their names */
function checkDocuments(content: Body[], at: string): string[] {
  const documents = content.filter((block) => 'document' in block).map(({ document }) => document);
  must(documents.length <= 5, `too many documents at ${at}: 5 are allowed`);
  must(documents.length === 0 || content.some((block) => 'text' in block), 'A text block must be included when using documents.');
  for (const { name } of documents) {
    must(
      DOCUMENT_NAME.test(name),
      `The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square brackets. The name can't contain more than one consecutive whitespace character: ${name}`,
    );
  }
  return documents.map(({ name }) => name);
}

/** @returns the calls that the next turn has to answer */
function checkPairs({ content }: Body, called: readonly string[], at: string, isLast: boolean): string[] {
  const results = content.filter((block: Body) => 'toolResult' in block).map(({ toolResult }: Body) => toolResult.toolUseId);
  const missing = called.filter((id) => !results.includes(id));
  must(missing.length === 0, `Expected toolResult blocks at ${at}.content for the following Ids: ${missing.join(', ')}`);
  must(
    results.length <= called.length,
    `The number of toolResult blocks at ${at}.content exceeds the number of toolUse blocks of previous turn.`,
  );
  const uses = content.filter((block: Body) => 'toolUse' in block).map(({ toolUse }: Body) => toolUse.toolUseId);
  must(doubled(uses).length === 0, `The toolUse blocks at ${at}.content contain duplicate Ids: ${doubled(uses).join(', ')}`);
  return isLast ? [] : uses;
}

function checkTools({ toolConfig, messages }: Body): void {
  const usesTools = messages.some(({ content }: Body) => content.some((block: Body) => 'toolUse' in block || 'toolResult' in block));
  must(toolConfig !== undefined || !usesTools, 'The toolConfig field must be defined when using toolUse and toolResult content blocks.');
  if (toolConfig === undefined) return;
  must(
    toolConfig.tools?.length > 0,
    "Value at 'toolConfig.tools' failed to satisfy constraint: Member must have length greater than or equal to 1",
  );
  const specifications = toolConfig.tools.flatMap(({ toolSpec }: Body) => toolSpec ?? []);
  specifications.forEach((tool: Body, index: number) => {
    const at = `toolConfig.tools.${index}.toolSpec`;
    must(
      TOOL_NAME.test(tool.name),
      `Value at '${at}.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+`,
    );
    must(
      tool.description === undefined || tool.description.length > 0,
      `Value at '${at}.description' failed to satisfy constraint: Member must have length greater than or equal to 1`,
    );
    must(tool.inputSchema?.json?.type === 'object', `The value at ${at}.inputSchema.json.type must be one of the following: object.`);
  });
  const names = specifications.map(({ name }: Body) => name);
  must(doubled(names).length === 0, `The tools in toolConfig.tools have duplicate names: ${doubled(names).join(', ')}`);
  const named = toolConfig.toolChoice?.tool?.name;
  must(named === undefined || names.includes(named), `The tool ${named} of toolChoice is not among the tools.`);
  must(
    toolConfig.toolChoice === undefined || kindsOf(toolConfig.toolChoice).length === 1,
    'toolChoice must hold exactly one of auto, any, tool',
  );
}

function checkInference(config: Body): void {
  const { maxTokens, temperature, topP, stopSequences = [] } = config;
  const [extra] = unknownFields(config, 'maxTokens temperature topP stopSequences');
  must(extra === undefined, `Unexpected field inferenceConfig.${extra}`);
  must(
    maxTokens === undefined || maxTokens >= 1,
    "Value at 'inferenceConfig.maxTokens' failed to satisfy constraint: Member must have value greater than or equal to 1",
  );
  for (const [name, value] of Object.entries({ temperature, topP })) {
    must(
      value === undefined || (value >= 0 && value <= 1),
      `Value '${value}' at 'inferenceConfig.${name}' failed to satisfy constraint: Member must have value less than or equal to 1`,
    );
  }
  must(
    stopSequences.every((one: string) => one.length > 0),
    "Value at 'inferenceConfig.stopSequences' failed to satisfy constraint: Member must have length greater than or equal to 1",
  );
}
