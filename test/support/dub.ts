/**
 * An operation that no gateway ships: a recording goes in as a form, another comes back as bytes, and the second is billed. It is added to
 * what is offered from outside, as a test of what each stage of a call makes of such bodies and answers.
 */
import { invalidRequest } from '../../lambda/platform/error';
import type { JsonObject } from '../../lambda/platform/json';
import type { FormFile } from '../../lambda/platform/multipart';
import { createRouter, ROUTES } from '../../lambda/proxy/before/routes';
import { DECLARED_OFFER, type Offer } from '../../lambda/proxy/offer';
import { openAiChat } from '../../lambda/wire/dialects/openai-chat';
import type { AnyAnswer, AnyRequest, Operation } from '../../lambda/wire/model';
import type { OperationDeclaration } from '../../lambda/wire/operations';
import { formatOf } from '../../lambda/wire/operations/format';
import { wholeCall } from '../../lambda/wire/operations/whole-call';
import type { DialectCodec, ProtocolCodec } from '../../lambda/wire/protocols';
import { cohereV2 } from '../../lambda/wire/protocols/cohere-v2';
import type { CallEnvelope } from '../../lambda/wire/protocols/protocol';

const DUB = 'dub' as Operation;
export const DUB_PATH = '/v1/audio/dubs';

interface DubRequest extends AnyRequest {
  readonly file: FormFile;
}

/** A second of sound is ten bytes long. */
const secondsOf = ({ bytes }: FormFile): number => Math.ceil(bytes.length / 10);

function decodeRequest(fields: JsonObject, { files = [] }: CallEnvelope = {}): DubRequest {
  const model = fields['model'];
  const file = files.find(({ name }) => name === 'file');
  if (typeof model !== 'string') throw invalidRequest('model', 'model is missing.', 'missing_required_parameter');
  if (file === undefined) throw invalidRequest('file', 'file is missing.', 'missing_required_parameter');
  return { model, file };
}

const reading: Pick<ProtocolCodec<DubRequest, AnyAnswer>, 'decodeResponse' | 'usage' | 'headerUsage'> = {
  decodeResponse(body) {
    throw openAiChat.decodeError(200, body, {}).error;
  },
  usage: () => undefined,
  headerUsage: ({ 'x-seconds': seconds }) => (seconds === undefined ? undefined : { units: { second: Number(seconds) } }),
};

const codec: DialectCodec<DubRequest, AnyAnswer> & ProtocolCodec<DubRequest, AnyAnswer> = {
  ...formatOf(openAiChat),
  ...reading,
  inspect(fields, envelope) {
    const { model, file } = decodeRequest(fields, envelope);
    return wholeCall(model, { media: [], units: { second: secondsOf(file) } });
  },
  texts: ({ bytes }) => ({ texts: [], with: () => bytes }),
  decodeRequest,
  encodeRequest: () => {
    throw new Error('a form goes out as it came');
  },
  encodeResponse: () => ({}),
};

/** A provider of another wire format, which takes recordings in JSON. */
const inJson: ProtocolCodec<DubRequest, AnyAnswer> = {
  ...formatOf(cohereV2),
  ...reading,
  encodeRequest: ({ file }, { requestModel }) => ({ body: { model: requestModel, sound: file.bytes.toString('base64') }, dropped: [] }),
};

const declaration: OperationDeclaration<DubRequest, AnyAnswer> = {
  name: DUB,
  body: 'multipart',
  answers: ['bytes'],
  billedIn: ['second'],
  generates: false,
  estimated: false,
  answeredByGuards: false,
  mediaInTexts: [],
};

const route = {
  method: 'POST',
  path: DUB_PATH,
  kind: 'model-call',
  dialect: 'openai-chat',
  operation: DUB,
  lists: [],
  authenticated: true,
} as const;

/** All that is offered, and dubs: in their caller's own form at every provider but those whose id begins with `json`. */
export const OFFER_WITH_DUBS: Offer = {
  matchRoute: createRouter([...ROUTES, route]),
  operations: Object.assign({}, DECLARED_OFFER.operations, { [DUB]: declaration }),
  protocols: {
    dialect: async (name, operation) => (operation === DUB ? codec : DECLARED_OFFER.protocols.dialect(name, operation)),
    protocol: async (name, operation) => {
      if (operation !== DUB) return DECLARED_OFFER.protocols.protocol(name, operation);
      return name === 'cohere-v2' ? inJson : codec;
    },
  },
  definitionOf(kind) {
    const definition = DECLARED_OFFER.definitionOf(kind);
    return {
      ...definition,
      endpoint: (request) =>
        request.operation === DUB
          ? { protocol: request.config.id.startsWith('json') ? 'cohere-v2' : 'openai-chat', path: '/audio/dubs', headers: {} }
          : definition.endpoint(request),
    };
  },
};
