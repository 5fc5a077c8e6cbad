import type { Capabilities } from '../../../lambda/wire/models';
import type { Any, Sent, Written } from './written';
import { repeated } from './written';

/** @see https://ai.google.dev/api/generate-content */
export function gemini({ kind, body, can }: Sent): Written {
  const { generationConfig = {}, tools = [], contents } = body as Any;
  const names = tools.flatMap(({ functionDeclarations = [] }: Any) => functionDeclarations.map(({ name }: Any) => name));
  const { thinkingConfig } = generationConfig;
  return {
    schema: kind === 'vertex-ai' ? 'vertex GenerateContentRequest' : 'gemini generateContent',
    ownNames: 'gemini',
    body,
    toolNames: names,
    settings: {
      temperature: generationConfig.temperature,
      topP: generationConfig.topP,
      topK: generationConfig.topK,
      stop: generationConfig.stopSequences,
      seed: generationConfig.seed,
      choices: generationConfig.candidateCount,
      logprobs: generationConfig.responseLogprobs,
      penalties: generationConfig.frequencyPenalty ?? generationConfig.presencePenalty,
      effort: thinkingConfig?.thinkingLevel?.toLowerCase(),
      maxOutputTokens: generationConfig.maxOutputTokens,
    },
    turns: () => [...repeated(names, 'tools'), ...geminiTurns(contents), ...geminiThinking(thinkingConfig, can)],
  };
}

function geminiTurns(turns: Any[]): string[] {
  const found: string[] = [];
  if (turns[0]?.role !== 'user') found.push(`the first turn is ${turns[0]?.role}'s`);
  turns.forEach(({ role, parts }, index) => {
    const before = turns[index - 1];
    // What the user says stands behind results, which are a content of their own.
    if (role === before?.role && !before.parts.some(isAnswer)) found.push(`contents[${index}] is of the same role as the one before`);
    if (parts.length === 0) found.push(`contents[${index}] is empty`);
    if (parts.some((part: Any) => part.text === '' && part.thoughtSignature === undefined))
      found.push(`contents[${index}] holds an empty text`);
    const answers = parts.filter(isAnswer).length;
    const calls = (turns[index - 1]?.parts ?? []).filter(({ functionCall }: Any) => functionCall !== undefined).length;
    if (answers > 0 && answers !== parts.length) found.push(`contents[${index}] holds other things beside answers`);
    if (answers > 0 && answers !== calls) found.push(`${answers} answers to ${calls} calls`);
  });
  return found;
}

function isAnswer({ functionResponse }: Any): boolean {
  return functionResponse !== undefined;
}

function geminiThinking(config: Any, can: Capabilities): string[] {
  const budget = config?.thinkingBudget;
  if (config?.thinkingLevel !== undefined && budget !== undefined) return ['a level and a budget'];
  if (budget === undefined || budget === -1 || budget === 0)
    return budget === 0 && can.thinkingOff === false ? ['thinking cannot be switched off'] : [];
  return budget < (can.minThinkingBudget ?? 0) || budget > (can.maxThinkingBudget ?? budget) ? [`a budget of ${budget}`] : [];
}
