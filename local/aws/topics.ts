import { randomUUID } from 'node:crypto';
import { ACCESS_DENIED, type AwsAnswer, AwsError, type AwsService } from './service';
import { element, textElement } from './xml';

export interface PublishedMessage {
  readonly id: string;
  readonly topicArn: string;
  readonly subject?: string;
  readonly message: string;
}

export interface Topics {
  /** The newest thousand, oldest first. */
  readonly published: readonly PublishedMessage[];
  readonly service: AwsService;
}

const KEPT = 1_000;

/** SNS's stand-in: Publish over the query protocol, remembered for whoever wants to see. */
export function createTopics(): Topics {
  const published: PublishedMessage[] = [];
  const answer = (status: number, body: string): AwsAnswer => ({ status, headers: { 'content-type': 'text/xml' }, body });
  return {
    published,
    service: {
      understand(request) {
        const form = new URLSearchParams(request.body.toString('utf8'));
        const action = form.get('Action') ?? '';
        const topicArn = form.get('TopicArn') ?? form.get('TargetArn') ?? '*';
        return {
          action,
          accesses: [{ action: `sns:${action}`, resource: topicArn }],
          run() {
            if (action !== 'Publish') throw new AwsError('InvalidAction', `the local SNS does not know ${action}`);
            const subject = form.get('Subject');
            const id = randomUUID();
            published.push({ id, topicArn, ...(subject === null ? {} : { subject }), message: form.get('Message') ?? '' });
            published.splice(0, published.length - KEPT);
            const result = element('PublishResult', textElement('MessageId', id));
            const metadata = element('ResponseMetadata', textElement('RequestId', randomUUID()));
            return answer(200, `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">${result}${metadata}</PublishResponse>`);
          },
        };
      },
      refuse(error) {
        const denied = error.code === ACCESS_DENIED;
        const code = denied ? 'AuthorizationError' : error.code;
        const detail = [textElement('Type', 'Sender'), textElement('Code', code), textElement('Message', error.message)];
        return answer(denied ? 403 : error.status, element('ErrorResponse', element('Error', ...detail)));
      },
    },
  };
}
