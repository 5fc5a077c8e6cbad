/** Longest text of a provider that is shown to a caller, in characters. */
const MAX_LENGTH = 2_000;

/** Things that look like a credential. A text that holds one is not shown at all. */
const CREDENTIALS =
  /\b(?:sk|pk|rk|gsk|xai|hf|nvapi|csk|fw|pplx|tgp|AIza|ya29|AKIA|ASIA|ABSK|bedrock-api-key)[-_.][\w.-]{8,}|\bAIza[\w-]{20,}|\b(?:AKIA|ASIA)[A-Z0-9]{12,}|\bBearer\s+[\w.~+/=-]{8,}|\beyJ[\w-]{10,}\.[\w-]{10,}|\bapi[ _-]?key\b[^.]{0,40}?[:=]\s*\S{6,}|\b[\w-]{2,12}\*{3,}[\w-]*/i;

/** Things that name a place or an account: taken out of the text. */
const PLACES = [
  /\b(?:https?|wss?):\/\/[^\s"'<>)\]]+/gi,
  /\barn:[\w-]+:[^\s"'<>)\]]+/gi,
  /\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b/g,
  /\b(?:org|proj|acct|account|user|ws|wrkspc)[-_][A-Za-z0-9]{8,}\b/g,
  /\b\d{12}\b/g,
  /\b(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?\b/g,
  /\b[\w-]+(?:\.[\w-]+)+:\d{2,5}\b/g,
  /\b(?:[\w-]+\.)+(?:com|net|org|io|ai|dev|cloud|internal|local|azure|amazonaws)\b(?:\/\S*)?/gi,
];

/** Whether a text holds anything like a credential. */
export function holdsCredential(text: string): boolean {
  return CREDENTIALS.test(text);
}

/**
 * A provider's words made safe to show: undefined when they hold anything like a credential; URLs, hosts, addresses and
 * account ids are replaced by `[removed]`.
 */
export function scrub(text: string): string | undefined {
  const shown = text.slice(0, MAX_LENGTH);
  if (CREDENTIALS.test(shown)) return undefined;
  return PLACES.reduce((left, place) => left.replace(place, '[removed]'), shown);
}
