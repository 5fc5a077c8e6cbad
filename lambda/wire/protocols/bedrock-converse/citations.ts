import type { JsonObject } from '../../../platform/json';
import type { Citation } from '../../model/request';
import { defined, nonEmptyText, objectOf, objectsOf, textOf } from '../lenient';

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Citation.html */
export function readCitation(citation: JsonObject): Citation {
  const location = objectOf(citation['location']) ?? {};
  const url = nonEmptyText(objectOf(location['web'])?.['url']);
  const cited = objectsOf(citation['sourceContent'])
    .map((content) => textOf(content['text']) ?? '')
    .join('');
  const inDocument = ['documentChar', 'documentPage', 'documentChunk'].some((kind) => kind in location);
  return defined({
    kind: url !== undefined ? ('url' as const) : inDocument ? ('document' as const) : ('other' as const),
    url,
    title: nonEmptyText(citation['title']),
    citedText: cited === '' ? undefined : cited,
    raw: citation,
  });
}
