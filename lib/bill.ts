import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { BillFormat } from './private/contract';

/** Where a bill, or a report of usage, comes to stand. */
export interface BillProps {
  /** The bucket, in the gateway's Region, that the provider, or a job of yours, writes it to. */
  readonly bucket: s3.IBucket;

  /**
   * How the keys of its files begin. Where they name a month or a day, only those of the days in question are read.
   *
   * @default - all files of the bucket that end in .csv, .json or .jsonl, packed by gzip (.gz) or not
   */
  readonly prefix?: string;

  /**
   * Id of the configured provider that it is of.
   *
   * @default - `bedrock` for what AWS writes, `openai`, `anthropic`
   */
  readonly provider?: string;
}

/** What the gateway holds a bill to. */
export interface BillBinding {
  /** Id of the configured provider. */
  readonly provider: string;

  /** What its files are. */
  readonly format: string;

  /** Where it stands. */
  readonly bucket: s3.IBucket;

  /** How the keys of its files begin. */
  readonly prefix: string;
}

/** A bill, or a report of usage, of a provider, which is held against what the gateway recorded once a day. */
export class Bill {
  /** AWS's data export of CUR 2.0, as CSV. */
  static awsCostAndUsage(props: BillProps): Bill {
    return new Bill('cur', 'bedrock', props);
  }

  /** AWS's data export of FOCUS, as CSV. */
  static awsFocus(props: BillProps): Bill {
    return new Bill('focus', 'bedrock', props);
  }

  /** Bedrock's log of model invocations in Amazon S3: tokens, no money. */
  static bedrockInvocationLogs(props: BillProps): Bill {
    return new Bill('bedrock-logs', 'bedrock', props);
  }

  /** Answers of OpenAI's `/v1/organization/costs`, or `/usage/completions`, grouped by line item or by model. */
  static openAi(props: BillProps): Bill {
    return new Bill('openai', 'openai', props);
  }

  /** Answers of Anthropic's `/v1/organizations/cost_report`, or `/usage_report/messages`, grouped by description or by model. */
  static anthropic(props: BillProps): Bill {
    return new Bill('anthropic', 'anthropic', props);
  }

  private constructor(
    private readonly format: BillFormat,
    private readonly defaultProvider: string,
    private readonly props: BillProps,
  ) {}

  /**
   * Checks the options. It fails, naming value and fix.
   *
   * @param providers ids of the configured providers
   */
  bind(providers: string[]): BillBinding {
    const { bucket, prefix = '', provider = this.defaultProvider } = this.props;
    if (!providers.includes(provider)) {
      throw new Error(
        `a Bill of the format "${this.format}" is of the provider "${provider}", which is not configured; give its "provider", one of ${providers.join(', ')}`,
      );
    }
    if (prefix.startsWith('/')) throw new Error(`"prefix" of a Bill is "${prefix}"; keys begin without a slash`);
    return { provider, format: this.format, bucket, prefix };
  }
}
