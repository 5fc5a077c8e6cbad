import { Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Alert } from '../alert';
import { ALERT_EVENTS, EVENTS } from './contract';

export const RUNBOOK = 'https://github.com/cdk-llm-gateway/cdk-llm-gateway/blob/main/docs/runbook.md';

const PUBLISHERS = ['cloudwatch.amazonaws.com', 'events.amazonaws.com'] as const;

/** Every topic that people are told by, each once. Those of the alerts that need one of the gateway's share it. */
export function alertTopics(scope: Construct, alerts: readonly Alert[]): sns.ITopic[] {
  if (alerts.length === 0) return [];
  const made = new Construct(scope, 'Alerts');
  let own: sns.Topic | undefined;
  const topics = alerts.map((alert, index) =>
    alert.bind(made, {
      index,
      get topic() {
        own ??= new sns.Topic(made, 'Topic', { displayName: 'LLM gateway', enforceSSL: true });
        return own;
      },
    }),
  );
  const told = [...new Set(topics)];
  for (const topic of told) letPublish(topic);
  return told;
}

/** A topic with a policy takes from AWS's services only what the policy names. */
function letPublish(topic: sns.ITopic): void {
  for (const service of PUBLISHERS) {
    topic.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal(service)],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(topic).account } },
      }),
    );
  }
}

/**
 * Tells the topics of the bus's events that people should hear of, in the form that chat applications show.
 *
 * @see https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
 */
export function tellOfEvents(scope: Construct, bus: events.IEventBus, topics: readonly sns.ITopic[]): void {
  // An event may share its entry with an alarm, and then its name.
  const told = new Construct(scope, 'Told');
  for (const [detailType, { title, entry, fields }] of Object.entries(ALERT_EVENTS)) {
    const words = fields.map((field) => `${field.replaceAll('_', ' ')}: ${events.EventField.fromPath(`$.detail.${field}`)}`);
    const message = events.RuleTargetInput.fromObject({
      version: '1.0',
      source: 'custom',
      content: { title: `LLM gateway: ${title}`, description: words.join(', '), nextSteps: [`${RUNBOOK}#${entry.toLowerCase()}`] },
    });
    new events.Rule(told, entry, {
      description: `Tells people: ${title}`,
      eventBus: bus,
      eventPattern: { source: [EVENTS.SOURCE], detailType: [detailType] },
      targets: topics.map((topic) => ({ bind: () => ({ arn: topic.topicArn, input: message }) })),
    });
  }
}
