import { idOf, signatureOf } from './scripted-state';
import { type Asked, type Body, pieces, type SpokenTurn, sse, USAGE, type Wire } from './turn';

/** @see https://ai.google.dev/api/generate-content */
export const gemini: Wire = {
  name: 'gemini',
  path: /^\/v1beta\/models\/[^/:]+:(?:generateContent|streamGenerateContent)$/,
  contentType: 'text/event-stream',
  callId: (number) => idOf(number, 8),
  read: (body: Body, path): Asked => ({
    model: /models\/([^:]+)/.exec(path)?.[1] ?? '',
    stream: path.endsWith(':streamGenerateContent'),
    tools: (body.tools ?? []).flatMap((tool: Body) => (tool.functionDeclarations ?? []).map(({ name }: Body) => name)),
    results: lastResults(body.contents),
    thinks: body.generationConfig?.thinkingConfig?.includeThoughts === true,
  }),
  whole: (turn) => answer([...thoughts(turn), ...(turn.text === undefined ? [] : [{ text: turn.text }]), ...calls(turn)], 'STOP'),
  frames: (turn) => [
    ...thoughts(turn).map((part) => sse(answer([part]))),
    ...pieces(turn.text ?? '').map((text) => sse(answer([{ text }]))),
    ...calls(turn).map((part) => sse(answer([part]))),
    sse(answer([{ text: '' }], 'STOP')),
  ],
};

function answer(parts: readonly object[], finishReason?: string): object {
  return {
    candidates: [{ index: 0, content: { role: 'model', parts }, ...(finishReason === undefined ? {} : { finishReason }) }],
    usageMetadata: {
      promptTokenCount: USAGE.input,
      candidatesTokenCount: USAGE.output,
      totalTokenCount: USAGE.input + USAGE.output,
    },
    modelVersion: 'scripted-gemini',
    responseId: 'scripted',
  };
}

function thoughts(turn: SpokenTurn): object[] {
  return turn.thinking === undefined ? [] : [{ text: turn.thinking, thought: true }];
}

/** The first call of a turn carries the signature that must come back. */
function calls(turn: SpokenTurn): object[] {
  return (turn.calls ?? []).map(({ id, name, input }, index) => ({
    functionCall: { id, name, args: input },
    ...(index === 0 ? { thoughtSignature: signatureOf(JSON.stringify(input)) } : {}),
  }));
}

function lastResults(contents: Body[]): string[] {
  const last = contents.findLastIndex(({ role }) => role === 'model');
  return contents
    .slice(last + 1)
    .flatMap(({ parts }) =>
      parts.flatMap((part: Body) => (part.functionResponse === undefined ? [] : [JSON.stringify(part.functionResponse.response)])),
    );
}
