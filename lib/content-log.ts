import { Duration, Token } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { CONTENT_LEVELS, type ContentLevel } from './private/contract';

/** What is kept of contents. */
export enum ContentLogLevel {
  /** Nothing. */
  OFF = 'off',

  /** Who asked what for and what came of it, without a word of it. */
  METADATA = 'metadata',

  /** Requests and answers, with masks in the place of whatever the guardrails' detectors find. */
  REDACTED = 'redacted',

  /** Requests and answers as they are. */
  FULL = 'full',
}

/** Options of the content log. */
export interface ContentLogOptions {
  /**
   * What is kept where no level of a caller (gateway, team, project, user, key) says otherwise.
   *
   * @default ContentLogLevel.OFF
   */
  readonly level?: ContentLogLevel;

  /**
   * The most that is ever kept, whatever levels and callers say.
   *
   * @default ContentLogLevel.FULL
   */
  readonly most?: ContentLogLevel;

  /**
   * The least that callers may ask for by `x-gateway-log`.
   *
   * @default - callers may ask for nothing but what they have
   */
  readonly callersLeast?: ContentLogLevel;

  /**
   * The most that callers may ask for by `x-gateway-log`.
   *
   * @default - callers may ask for nothing but what they have
   */
  readonly callersMost?: ContentLogLevel;

  /**
   * How long contents are kept. Whole days.
   *
   * @default Duration.days(30)
   */
  readonly retention?: Duration;

  /**
   * Customer key that encrypts the contents, and nothing else.
   *
   * @default - a new one, which rotates
   */
  readonly encryptionKey?: kms.IKey;
}

/** What the content log's bucket is made of. */
export interface ContentLogBinding {
  /** What is kept where nobody says otherwise. */
  readonly level: string;

  /** The most that is ever kept. */
  readonly most: string;

  /**
   * The least that callers may ask for.
   *
   * @default - callers may ask for nothing
   */
  readonly callersLeast?: string;

  /**
   * The most that callers may ask for.
   *
   * @default - callers may ask for nothing
   */
  readonly callersMost?: string;

  /** The retention in days. */
  readonly retentionDays: number;

  /**
   * The customer key.
   *
   * @default - a new one
   */
  readonly encryptionKey?: kms.IKey;
}

/** Where contents of requests are kept, and how much of them. Only the role `auditor` reads them, and each reading is told of. */
export class ContentLog {
  /** A bucket of its own, which the gateway makes. */
  static s3(options: ContentLogOptions = {}): ContentLog {
    return new ContentLog(options);
  }

  private constructor(private readonly options: ContentLogOptions) {}

  /** Checks the options. It fails, naming value and fix, where they contradict each other. */
  bind(): ContentLogBinding {
    const { level = ContentLogLevel.OFF, most = ContentLogLevel.FULL, retention = Duration.days(30), encryptionKey } = this.options;
    const retentionDays = retention.toDays({ integral: false });
    if (Token.isUnresolved(retentionDays) || !Number.isInteger(retentionDays) || retentionDays < 1) {
      throw new Error(`"retention" of the content log is ${retention.toHumanString()}; give whole days, for example Duration.days(30)`);
    }
    for (const [name, value] of Object.entries(this.options)) {
      if (typeof value === 'string' && !CONTENT_LEVELS.some((known) => known === value)) {
        throw new Error(`"${name}" of the content log is "${value}"; give one of ${CONTENT_LEVELS.join(', ')}`);
      }
    }
    this.checkOrder('level', level, 'most', most);
    const { callersLeast, callersMost } = this.options;
    if (callersLeast === undefined && callersMost === undefined) return { level, most, retentionDays, encryptionKey };
    const callers = { callersLeast: callersLeast ?? level, callersMost: callersMost ?? level };
    this.checkOrder('callersLeast', callers.callersLeast, 'callersMost', callers.callersMost);
    this.checkOrder('callersMost', callers.callersMost, 'most', most);
    return { level, most, retentionDays, encryptionKey, ...callers };
  }

  private checkOrder(name: string, level: string, otherName: string, other: string): void {
    const rank = (one: string): number => CONTENT_LEVELS.indexOf(one as ContentLevel);
    if (rank(level) <= rank(other)) return;
    throw new Error(
      `"${name}" of the content log is "${level}" and "${otherName}" is "${other}"; give a "${name}" that keeps no more than "${otherName}"`,
    );
  }
}
