import type { JsonObject } from '../../../platform/json';
import type { Citation } from '../../model/request';
import { defined, nonEmptyText, numberOf, objectOf, textOf } from '../../protocols/lenient';

/** @see https://docs.claude.com/en/docs/build-with-claude/citations */
export function readCitation(raw: JsonObject): Citation {
  const url = nonEmptyText(raw['url']);
  return defined({
    kind:
      url !== undefined
        ? ('url' as const)
        : textOf(raw['type'])?.match(/^(char|page|content_block)_location$/)
          ? ('document' as const)
          : ('other' as const),
    url,
    title: nonEmptyText(raw['title']) ?? nonEmptyText(raw['document_title']),
    citedText: nonEmptyText(raw['cited_text']),
    start: numberOf(raw['start']),
    end: numberOf(raw['end']),
    raw,
  });
}

/** Citations of other families have no shape of Anthropic's that they would fit without invented values. */
export function writeCitation(citation: Citation): JsonObject | undefined {
  const raw = objectOf(citation.raw);
  return raw !== undefined && /_location$/.test(textOf(raw['type']) ?? '') ? raw : undefined;
}
