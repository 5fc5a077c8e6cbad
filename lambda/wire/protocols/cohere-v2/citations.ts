import type { JsonObject } from '../../../platform/json';
import type { Citation } from '../../model/request';
import { defined, nonEmptyText, numberOf, objectOf, objectsOf } from '../lenient';

/** Citations of a plan or of thinking have no place: those are shown as thinking, which cites nothing. */
export function isOfText(citation: JsonObject): boolean {
  return citation['type'] !== 'PLAN' && citation['type'] !== 'THINKING_CONTENT';
}

/** @see https://docs.cohere.com/docs/documents-and-citations */
export function readCitation(citation: JsonObject): Citation {
  const documents = objectsOf(citation['sources']).flatMap((source): JsonObject[] => {
    const document = objectOf(source['document']);
    return document === undefined ? [] : [document];
  });
  const url = documents.map((document) => nonEmptyText(document['url'])).find((found) => found !== undefined);
  const title = documents.map((document) => nonEmptyText(document['title'])).find((found) => found !== undefined);
  return defined({
    kind: url !== undefined ? ('url' as const) : documents.length > 0 ? ('document' as const) : ('other' as const),
    url,
    title,
    citedText: nonEmptyText(citation['text']),
    start: numberOf(citation['start']),
    end: numberOf(citation['end']),
    raw: citation,
  });
}
