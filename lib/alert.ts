import { Token } from 'aws-cdk-lib';
import * as chatbot from 'aws-cdk-lib/aws-chatbot';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';

/** A channel of Slack. */
export interface SlackAlertProps {
  /** Id of the workspace, such as `T012ABCDEFG`; Amazon Q Developer in chat applications must have been allowed into it once, in its console. */
  readonly workspaceId: string;

  /** Id of the channel, such as `C012ABCDEFG`. */
  readonly channelId: string;
}

/** What an alert may use of the gateway. */
export interface AlertBindOptions {
  /** The gateway's own topic, which alarms and events of budgets are published to. */
  readonly topic: sns.Topic;

  /** Tells it from the gateway's other alerts. */
  readonly index: number;
}

/**
 * Whom the gateway tells: of every alarm when it rings and when it is over, and of what its event bus has for people, such as a budget's threshold. Each
 * message links to its entry in the runbook.
 */
export abstract class Alert {
  /**
   * A mailbox. AWS asks it once whether it wants to be told.
   *
   * @param address such as `oncall@example.com`
   */
  static email(address: string): Alert {
    if (!Token.isUnresolved(address) && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(address)) {
      throw new Error(`the alert's address is "${address}"; give a mailbox such as "oncall@example.com"`);
    }
    return new EmailAlert(address);
  }

  /** A channel of Slack, by Amazon Q Developer in chat applications (AWS Chatbot). */
  static slack(props: SlackAlertProps): Alert {
    return new SlackAlert(props);
  }

  /**
   * A topic of yours. One that is imported must let `cloudwatch.amazonaws.com` and `events.amazonaws.com` publish.
   *
   * @param topic for whatever else is to be told
   */
  static topic(topic: sns.ITopic): Alert {
    return new TopicAlert(topic);
  }

  /** Connects it with the gateway's topic, or gives another topic that is told as well. */
  abstract bind(scope: Construct, options: AlertBindOptions): sns.ITopic;
}

class EmailAlert extends Alert {
  constructor(private readonly address: string) {
    super();
  }

  override bind(_scope: Construct, { topic }: AlertBindOptions): sns.ITopic {
    topic.addSubscription(new EmailSubscription(this.address));
    return topic;
  }
}

class SlackAlert extends Alert {
  constructor(private readonly props: SlackAlertProps) {
    super();
  }

  override bind(scope: Construct, { topic, index }: AlertBindOptions): sns.ITopic {
    new chatbot.SlackChannelConfiguration(scope, `Slack${index}`, {
      slackChannelConfigurationName: `${scope.node.addr.slice(0, 16)}-${index}`,
      slackWorkspaceId: this.props.workspaceId,
      slackChannelId: this.props.channelId,
      notificationTopics: [topic],
    });
    return topic;
  }
}

class TopicAlert extends Alert {
  constructor(private readonly own: sns.ITopic) {
    super();
  }

  override bind(): sns.ITopic {
    return this.own;
  }
}
