/** Random calls of each dialect and operation, with every text marked. Written after the vendors' pages, not after our rules. */
import fc from 'fast-check';
import { file, free, freeInString, is, list, name, some, type Template, text } from './text-template';

type Place = Parameters<typeof text>[0];

const cache = { cache_control: is({ type: 'ephemeral' }) };
const schemaOf = (place: Place) => free(place);

const chatPart = (place: Place) =>
  fc.oneof(
    some({ type: is('text'), text: text(place) }, cache),
    some({ type: is('image_url'), image_url: is({ url: 'data:image/png;base64,AAAA', detail: 'low' }) }),
    some({ type: is('input_audio'), input_audio: is({ data: 'AAAA', format: 'wav' }) }),
    some({
      type: is('file'),
      file: some(
        { file_data: file(fc.constantFrom('data:text/csv;base64,', 'data:application/octet-stream;base64,', '')) },
        { filename: text('document') },
      ),
    }),
    some({ type: is('some_day'), words: text(place), inner: some({ more: text(place) }) }),
  );
const chatContent = (place: Place) => fc.oneof(text(place), list(chatPart(place)));
const chatCall = fc.oneof(
  some({ id: name, type: is('function'), function: some({ name: text('arguments'), arguments: freeInString('arguments') }) }),
  some({ id: name, type: is('function'), function: some({ name: text('arguments'), arguments: free('arguments') }) }),
  some({ id: name, type: is('custom'), custom: some({ name: text('arguments'), input: text('arguments') }) }),
);
const chatMessage = fc.oneof(
  some({ role: fc.constantFrom<Template>('system', 'developer'), content: chatContent('system') }, { name: text('system') }),
  some({ role: is('user'), content: chatContent('user') }, { name: text('user') }),
  some(
    { role: is('assistant') },
    {
      content: chatContent('message'),
      refusal: text('message'),
      reasoning_content: text('reasoning'),
      reasoning_details: list(some({ type: is('reasoning.text'), text: text('reasoning') }, { signature: name, data: name })),
      tool_calls: list(chatCall),
      function_call: some({ name: text('arguments'), arguments: freeInString('arguments') }),
      audio: is({ id: 'audio_1' }),
    },
  ),
  some({ role: fc.constantFrom<Template>('tool', 'function'), tool_call_id: name, content: chatContent('result') }),
);
const functionOf = (place: Place) =>
  some({ name: text(place) }, { description: text(place), parameters: schemaOf(place), strict: is(true) });

const chat = some(
  { model: name, messages: list(chatMessage, 1) },
  {
    tools: list(
      fc.oneof(
        some({ type: is('function'), function: functionOf('tool-definition') }),
        some({
          type: is('custom'),
          custom: some(
            { name: text('tool-definition') },
            {
              description: text('tool-definition'),
              format: some({ type: is('grammar'), grammar: some({ syntax: is('lark'), definition: text('tool-definition') }) }),
            },
          ),
        }),
      ),
    ),
    functions: list(functionOf('tool-definition')),
    response_format: some({
      type: is('json_schema'),
      json_schema: some({ name: text('format') }, { description: text('format'), schema: schemaOf('format') }),
    }),
    prediction: some({ type: is('content'), content: fc.oneof(text('message'), list(some({ type: is('text'), text: text('message') }))) }),
    stop: list(text('other')),
    user: name,
    metadata: is({ label: 'value' }),
    reasoning_effort: name,
    stream: is(true),
    tool_choice: some({ type: is('function'), function: some({ name: text('tool-definition') }) }),
    generationConfig: some({
      responseMimeType: is('application/json'),
      responseSchema: schemaOf('format'),
      stopSequences: list(text('other')),
    }),
    chat_template: text('other'),
    documents: list(some({ title: text('other'), text: text('other') })),
  },
);

const anthropicDocument = some(
  {
    type: is('document'),
    source: fc.oneof(
      some({ type: is('text'), media_type: is('text/plain'), data: text('document') }),
      some({ type: is('base64'), media_type: fc.constantFrom('application/pdf', 'application/octet-stream'), data: file(fc.constant('')) }),
      is({ type: 'url', url: 'https://example.com/a.pdf' }),
      some({ type: is('content'), content: fc.oneof(text('document'), list(some({ type: is('text'), text: text('document') }))) }),
    ),
  },
  { title: text('document'), context: text('document'), ...cache },
);
const anthropicShared = (place: Place) =>
  fc.oneof(
    some({ type: is('text'), text: text(place) }, cache),
    some({ type: is('image'), source: is({ type: 'base64', media_type: 'image/png', data: 'AAAA' }) }),
    anthropicDocument,
    some({
      type: is('search_result'),
      source: text('document'),
      title: text('document'),
      content: list(some({ type: is('text'), text: text('document') })),
    }),
    some({ type: is('some_day'), words: list(text(place)) }),
  );
const anthropicContent = (place: Place) => fc.oneof(text(place), list(anthropicShared(place)));
const messageBody = {
  model: name,
  messages: list(
    fc.oneof(
      some({
        role: is('user'),
        content: fc.oneof(
          text('user'),
          list(
            fc.oneof(
              anthropicShared('user'),
              some({ type: is('tool_result'), tool_use_id: name }, { content: anthropicContent('result'), is_error: is(false) }),
            ),
          ),
        ),
      }),
      some({
        role: is('assistant'),
        content: list(
          fc.oneof(
            some(
              { type: is('text'), text: text('message') },
              {
                citations: list(
                  some({
                    type: is('char_location'),
                    cited_text: text('document'),
                    document_title: text('document'),
                    start_char_index: is(1),
                  }),
                ),
              },
            ),
            some({ type: is('thinking'), thinking: text('reasoning'), signature: name }),
            some({ type: is('redacted_thinking'), data: name }),
            some({
              type: fc.constantFrom<Template>('tool_use', 'server_tool_use', 'mcp_tool_use'),
              id: name,
              name: text('arguments'),
              input: free('arguments'),
            }),
            some({
              type: is('web_search_tool_result'),
              tool_use_id: name,
              content: list(some({ type: is('web_search_result'), title: text('result'), url: text('result'), encrypted_content: name })),
            }),
            some({
              type: is('bash_code_execution_tool_result'),
              tool_use_id: name,
              content: some({ type: is('bash_code_execution_result'), stdout: text('result'), stderr: text('result') }),
            }),
          ),
        ),
      }),
      some({ role: is('system'), content: text('system') }),
    ),
    1,
  ),
};
const anthropicOptional = {
  system: fc.oneof(text('system'), list(some({ type: is('text'), text: text('system') }, cache))),
  tools: list(
    some(
      { name: text('tool-definition') },
      { description: text('tool-definition'), input_schema: schemaOf('tool-definition'), type: is('custom'), ...cache },
    ),
  ),
  tool_choice: some({ type: is('tool'), name: text('tool-definition') }),
  metadata: is({ user_id: 'u' }),
  stop_sequences: list(text('other')),
  thinking: is({ type: 'enabled', budget_tokens: 1024 }),
  output_config: some({ effort: is('low'), format: some({ type: is('json_schema'), schema: schemaOf('format') }) }),
  context_management: some({ edits: list(some({ type: is('compact_20260112'), instructions: text('system') })) }),
  mcp_servers: is([{ type: 'url', url: 'https://example.com', name: 'm', authorization_token: 't' }]),
  some_day: text('other'),
};

const responsesPart = (place: Place) =>
  fc.oneof(
    some({ type: fc.constantFrom<Template>('input_text', 'output_text'), text: text(place) }),
    some({ type: is('refusal'), refusal: text(place) }),
    some({ type: is('input_image'), image_url: is('data:image/png;base64,AAAA') }),
    some({ type: is('input_file'), file_data: file(fc.constantFrom('data:application/json;base64,', '')), filename: text('document') }),
    some({ type: is('some_day'), words: text(place) }),
  );
const responsesContent = (place: Place) => fc.oneof(text(place), list(responsesPart(place)));
const responsesFunction = some(
  { type: is('function'), name: text('tool-definition') },
  { description: text('tool-definition'), parameters: schemaOf('tool-definition'), strict: is(true) },
);
const responsesTool = fc.oneof(
  responsesFunction,
  some({ type: is('namespace'), name: text('tool-definition'), tools: list(responsesFunction) }),
  some({
    type: is('custom'),
    name: text('tool-definition'),
    format: some({ type: is('grammar'), syntax: is('lark'), definition: text('tool-definition') }),
  }),
  some({ type: is('mcp'), server_label: text('tool-definition'), server_url: name, authorization: name, headers: is({ 'x-key': 'k' }) }),
);
const responsesItem = fc.oneof(
  some({ role: fc.constantFrom<Template>('system', 'developer'), content: responsesContent('system') }),
  some({ role: is('user'), content: responsesContent('user') }, { type: is('message'), id: name }),
  some({ role: is('assistant'), content: responsesContent('message') }, { type: is('message'), id: name }),
  some({
    type: is('function_call'),
    call_id: name,
    name: text('arguments'),
    arguments: fc.oneof(
      freeInString('arguments'),
      is('').map((): Template => 12 as Template),
    ),
  }),
  some({ type: is('custom_tool_call'), call_id: name, name: text('arguments'), input: text('arguments') }),
  some({
    type: fc.constantFrom<Template>('function_call_output', 'custom_tool_call_output', 'shell_call_output'),
    call_id: name,
    output: responsesContent('result'),
  }),
  some(
    { type: is('reasoning'), id: name, summary: list(some({ type: is('summary_text'), text: text('reasoning') })) },
    { encrypted_content: name },
  ),
  some({ type: is('mcp_call'), id: name, name: text('arguments'), arguments: freeInString('arguments'), output: text('result') }),
  some({ type: is('shell_call'), call_id: name, action: some({ command: list(text('arguments')), env: free('arguments') }) }),
  some({ type: is('code_interpreter_call'), code: text('arguments'), outputs: list(some({ type: is('logs'), logs: text('result') })) }),
  some({ type: is('additional_tools'), tools: list(responsesTool) }),
  some({ type: is('item_reference'), id: name }),
);

/** By what is asked for, as `protocols.dialect` names it. */
export const TEXT_REQUESTS = {
  'openai-chat chat': chat,
  'openai-chat embeddings': some(
    { model: name, input: fc.oneof(text('message'), list(text('message')), is([[1, 2, 3]])) },
    { encoding_format: is('float'), user: name, instruction: text('other') },
  ),
  'openai-chat moderations': some(
    { input: fc.oneof(text('message'), list(text('message')), list(some({ type: is('text'), text: text('message') }))) },
    { model: name, some_day: text('other') },
  ),
  'anthropic-messages chat': some({ ...messageBody, max_tokens: is(9) }, anthropicOptional),
  'anthropic-messages count-tokens': some(messageBody, anthropicOptional),
  'openai-responses chat': some(
    { model: name, input: fc.oneof(text('user'), list(responsesItem)) },
    {
      instructions: text('system'),
      tools: list(responsesTool),
      tool_choice: fc.oneof(is('auto'), some({ type: is('function'), name: text('tool-definition') })),
      text: some({ format: some({ type: is('json_schema'), name: text('format'), schema: schemaOf('format') }) }, { verbosity: is('low') }),
      reasoning: is({ effort: 'low', summary: 'auto' }),
      include: is(['reasoning.encrypted_content']),
      metadata: is({ label: 'value' }),
      store: is(false),
      some_day: text('other'),
    },
  ),
} as const satisfies Record<string, fc.Arbitrary<Template>>;
