import type { JsonObject } from '../../../platform/json';
import { MediaFinder } from '../../protocols/media-parts';
import type { CallFacts } from '../../protocols/protocol';
import { wholeCall } from '../whole-call';
import { decodeRequest } from './decode-request';

export function inspect(body: JsonObject): CallFacts {
  const { model } = decodeRequest(body);
  // Servers that embed pictures take them beside the texts.
  const { input: _texts, user: _user, ...beside } = body;
  const media = new MediaFinder();
  media.add(beside);
  return wholeCall(model, { media: media.found });
}
