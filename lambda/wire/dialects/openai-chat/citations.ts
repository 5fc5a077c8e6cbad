import type { JsonObject } from '../../../platform/json';
import type { Citation } from '../../model/request';
import { arrayOf, defined, nonEmptyText, numberOf, objectOf, objectsOf } from '../../protocols/lenient';

/** @see https://platform.openai.com/docs/guides/tools-web-search#output-and-citations */
export function readCitation(annotation: JsonObject): Citation | undefined {
  const cited = objectOf(annotation['url_citation']);
  if (cited === undefined) return undefined;
  return defined({
    kind: 'url' as const,
    url: nonEmptyText(cited['url']),
    title: nonEmptyText(cited['title']),
    start: numberOf(cited['start_index']),
    end: numberOf(cited['end_index']),
  });
}

/** Annotations say where in the text they hold; without a range it is the whole of it. Sources without a URL have no place here. */
export function writeCitation(citation: Citation, textLength: number): JsonObject | undefined {
  if (citation.url === undefined) return undefined;
  return {
    type: 'url_citation',
    url_citation: {
      url: citation.url,
      title: citation.title ?? '',
      start_index: citation.start ?? 0,
      end_index: citation.end ?? textLength,
    },
  };
}

/**
 * Sources that stand beside the choices, for the whole of the answer: Perplexity's search results, or bare addresses.
 *
 * @see https://docs.perplexity.ai/api-reference/chat-completions-post
 * @see https://docs.x.ai/docs/guides/live-search#returning-citations
 */
export function readSources(body: JsonObject): Citation[] {
  const found = objectsOf(body['search_results']).flatMap((result) => source(nonEmptyText(result['url']), nonEmptyText(result['title'])));
  return found.length > 0 ? found : arrayOf(body['citations']).flatMap((url) => source(nonEmptyText(url), undefined));
}

function source(url: string | undefined, title: string | undefined): Citation[] {
  return url === undefined ? [] : [defined({ kind: 'url' as const, url, title })];
}
