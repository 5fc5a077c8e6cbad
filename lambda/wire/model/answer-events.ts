import type { AssistantPart, Citation } from './request';
import type { AnyAnswer, Choice, ModelResponse, StreamEvent } from './response';
import type { Usage } from './usage';

/** A model wrote it, so it can be told in events. */
export function isWritten(answer: AnyAnswer): answer is ModelResponse {
  return 'choices' in answer;
}

/** The events that a whole answer would be streamed as. Recordings have none. */
export function eventsOf(response: ModelResponse): StreamEvent[] {
  const { id, model, createdAt, usage, choices } = response;
  return [
    {
      type: 'start',
      ...(id === undefined ? {} : { id }),
      ...(model === undefined ? {} : { model }),
      ...(createdAt === undefined ? {} : { createdAt }),
    },
    ...choices.flatMap(({ content, finishReason }, choice): StreamEvent[] => [
      ...content.flatMap((part, block) => eventsOfPart(part, { choice, block })),
      { type: 'finish', choice, reason: finishReason },
    ]),
    ...(usage === undefined ? [] : [{ type: 'usage' as const, usage }]),
    { type: 'end' },
  ];
}

interface Place {
  readonly choice: number;
  readonly block: number;
}

function eventsOfPart(part: AssistantPart, place: Place): StreamEvent[] {
  switch (part.type) {
    case 'text':
      return [
        { type: 'text-start', ...place },
        ...(part.text === '' ? [] : [{ type: 'text-delta' as const, ...place, text: part.text }]),
        ...(part.citations ?? []).map((citation) => ({ type: 'citation' as const, ...place, citation })),
        { type: 'text-end', ...place },
      ];
    case 'reasoning': {
      const { id, text, signature, redacted } = part;
      return [
        { type: 'reasoning-start', ...place, ...(id === undefined ? {} : { id }) },
        ...(text === '' ? [] : [{ type: 'reasoning-delta' as const, ...place, text }]),
        {
          type: 'reasoning-end',
          ...place,
          ...(signature === undefined ? {} : { signature }),
          ...(redacted === undefined ? {} : { redacted }),
        },
      ];
    }
    case 'tool-call': {
      const { id, name, custom, signature } = part;
      return [
        {
          type: 'tool-call-start',
          ...place,
          id,
          name,
          ...(custom === undefined ? {} : { custom }),
          ...(signature === undefined ? {} : { signature }),
        },
        ...(part.arguments === '' ? [] : [{ type: 'tool-call-delta' as const, ...place, text: part.arguments }]),
        { type: 'tool-call-end', ...place },
      ];
    }
    case 'refusal':
      return [
        { type: 'refusal-start', ...place },
        ...(part.text === '' ? [] : [{ type: 'refusal-delta' as const, ...place, text: part.text }]),
        { type: 'refusal-end', ...place },
      ];
    case 'image':
      return [{ type: 'image', ...place, source: part.source }];
    default:
      return [];
  }
}

/**
 * A whole answer as the events tell it that `eventsOf` gave for it and somebody has changed since. What has no events stays in a choice
 * that ends as it did; probabilities of tokens stay where nobody has touched a text of it. What nobody was shown is left out.
 *
 * @param told the events as they were
 */
export function answerOf(response: ModelResponse, told: readonly StreamEvent[], events: readonly StreamEvent[]): ModelResponse {
  const { choices, createdAt } = response;
  const untouched = new Set(events);
  const answer: { -readonly [Name in keyof ModelResponse]: ModelResponse[Name] } = {
    ...(createdAt === undefined ? {} : { createdAt }),
    choices: choices.map((choice, index) => changedChoice(choice, index, events, isTouched(told, index, untouched))),
  };
  for (const event of events) {
    if (event.type === 'start') {
      if (event.id !== undefined) answer.id = event.id;
      if (event.model !== undefined) answer.model = event.model;
    }
    if (event.type === 'usage') answer.usage = event.usage;
  }
  // An answer that was ended early has no event of what it used.
  if (answer.usage === undefined && response.usage !== undefined) answer.usage = countsOf(response.usage);
  return answer;
}

function countsOf(usage: Usage): Usage {
  return Object.fromEntries(Object.entries(usage).filter(([, value]) => typeof value !== 'string'));
}

function isTouched(told: readonly StreamEvent[], index: number, left: ReadonlySet<StreamEvent>): boolean {
  return told.some((event) => 'text' in event && event.choice === index && !left.has(event));
}

function changedChoice(choice: Choice, index: number, events: readonly StreamEvent[], touched: boolean): Choice {
  const parts = new Map<number, AssistantPart>();
  let { finishReason } = choice;
  for (const event of events) {
    if (!('choice' in event) || event.choice !== index) continue;
    if (event.type === 'finish') finishReason = event.reason;
    else parts.set(event.block, changedPart(parts.get(event.block), event, choice.content[event.block]));
  }
  if (finishReason === choice.finishReason) {
    for (const [block, part] of choice.content.entries()) if (part.type === 'audio') parts.set(block, part);
  }
  const content = [...parts].sort(([first], [second]) => first - second).map(([, part]) => part);
  const { logprobs } = choice;
  return { ...(logprobs === undefined || touched ? {} : { logprobs }), content, finishReason };
}

type BlockEvent = Extract<StreamEvent, Place>;

function changedPart(part: AssistantPart | undefined, event: BlockEvent, told: AssistantPart | undefined): AssistantPart {
  switch (event.type) {
    case 'text-start':
      return { type: 'text', text: '' };
    case 'refusal-start':
      return { type: 'refusal', text: '' };
    case 'image':
      return { type: 'image', source: event.source };
    case 'reasoning-start': {
      const summary = told?.type === 'reasoning' ? told.summary : undefined;
      return {
        type: 'reasoning',
        text: '',
        ...(event.id === undefined ? {} : { id: event.id }),
        ...(summary === undefined ? {} : { summary }),
      };
    }
    case 'tool-call-start': {
      const { id, name, custom, signature } = event;
      return {
        type: 'tool-call',
        id,
        name,
        arguments: '',
        ...(custom === undefined ? {} : { custom }),
        ...(signature === undefined ? {} : { signature }),
      };
    }
    case 'text-delta':
    case 'refusal-delta':
    case 'reasoning-delta':
    case 'tool-call-delta':
      return withMore(part, event.text);
    case 'citation':
      return cited(part, event.citation);
    case 'tool-call-end':
    case 'reasoning-end': {
      const { type: _type, choice: _choice, block: _block, ...ending } = event;
      return { ...begun(part), ...ending } as AssistantPart;
    }
    default:
      return begun(part);
  }
}

function withMore(part: AssistantPart | undefined, text: string): AssistantPart {
  const open = begun(part);
  if (open.type === 'tool-call') return { ...open, arguments: open.arguments + text };
  return 'text' in open ? { ...open, text: open.text + text } : open;
}

function cited(part: AssistantPart | undefined, citation: Citation): AssistantPart {
  const open = begun(part);
  return open.type === 'text' ? { ...open, citations: [...(open.citations ?? []), citation] } : open;
}

function begun(part: AssistantPart | undefined): AssistantPart {
  if (part === undefined) throw new Error('a block of the answer goes on that never began');
  return part;
}
