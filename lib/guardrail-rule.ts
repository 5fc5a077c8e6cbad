import type { Duration } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Sensitivity } from './placement';
import type { ProviderNetwork } from './provider-network';

/** What becomes of a call or an answer in which a rule finds something. */
export enum GuardrailAction {
  /** It goes on; the record tells of it. */
  FLAG = 'flag',

  /** It goes on with a mask, such as `[EMAIL_1]`, in place of what was found. */
  MASK = 'mask',

  /** The call goes to none but the targets of the rule, or of the label that the rule gives it. */
  ROUTE = 'route',

  /** The call is refused; an answer ends as one that the model would not give. */
  BLOCK = 'block',
}

/** Which texts a rule looks into. */
export enum GuardrailDirection {
  /** Prompts: instructions, messages, tools and their results, documents. */
  INPUT = 'input',

  /** Answers: texts, thoughts, and what tools are called with. */
  OUTPUT = 'output',

  /** Both. */
  BOTH = 'both',
}

/** What is done about what is found. */
export interface GuardrailRuleOptions {
  /** What becomes of a call or an answer in which something is found. */
  readonly action: GuardrailAction;

  /**
   * Which texts it looks into.
   *
   * @default GuardrailDirection.BOTH; of GuardrailAction.ROUTE, GuardrailDirection.INPUT
   */
  readonly direction?: GuardrailDirection;

  /**
   * Of masks of prompts: the caller gets its own values back in place of the masks, in texts and in what tools are called with.
   *
   * @default false
   */
  readonly reversible?: boolean;

  /**
   * Of `detect`: countries whose numbers are looked for.
   *
   * @default - all that are known
   */
  readonly locales?: string[];

  /**
   * Of GuardrailAction.ROUTE: patterns of `provider/model` that alone may serve such a call, such as `vllm/*`.
   *
   * @default - those of `sensitivity`
   */
  readonly targets?: string[];

  /**
   * Of GuardrailAction.ROUTE: how sensitive such a call is, at least. It goes to none but the targets that the gateway's `sensitiveTargets` allow for that label, and its record has it.
   *
   * @default - what is found says nothing of it
   */
  readonly sensitivity?: Sensitivity;
}

/** What is done about what a service finds. */
export interface ManagedGuardrailRuleOptions extends GuardrailRuleOptions {
  /**
   * Whether a call goes on whose check comes to no end.
   *
   * @default false: it is refused
   */
  readonly failOpen?: boolean;
}

/** A guardrail of Amazon Bedrock. */
export interface BedrockGuardrailOptions extends ManagedGuardrailRuleOptions {
  /** Its id or ARN. */
  readonly guardrailId: string;

  /** A number, or `DRAFT`. */
  readonly guardrailVersion: string;

  /**
   * Region that it is in.
   *
   * @default - the Region of the stack
   */
  readonly region?: string;

  /**
   * Whether answers are held against the documents and results of tools in their prompt, and against its question, by the contextual grounding
   * that the guardrail has. Takes `direction: GuardrailDirection.OUTPUT`.
   *
   * @default false
   */
  readonly grounding?: boolean;
}

/** A moderation endpoint in OpenAI's format. */
export interface ModerationGuardrailOptions extends ManagedGuardrailRuleOptions {
  /** Id of a provider of the gateway. */
  readonly provider: string;

  /** Its moderation model. */
  readonly model: string;

  /**
   * Categories that count.
   *
   * @default - all
   */
  readonly categories?: string[];

  /**
   * Score, 0 to 1, from which a category counts.
   *
   * @default - what the provider says
   */
  readonly threshold?: number;
}

/** A service of one's own. */
export interface WebhookGuardrailOptions extends ManagedGuardrailRuleOptions {
  /** Where it is: `https://guard.example.com/v1/check`. Plain `http://` only in a network of one's own. */
  readonly url: string;

  /**
   * Which addresses it may have.
   *
   * @default ProviderNetwork.public()
   */
  readonly network?: ProviderNetwork;

  /**
   * How long a verdict is waited for.
   *
   * @default Duration.seconds(2)
   */
  readonly timeout?: Duration;

  /**
   * What calls are signed with.
   *
   * @default - they are not signed
   */
  readonly secret?: ISecret;
}

/** Something that a policy looks for. */
export class GuardrailRule {
  /**
   * Finds personal data, credentials and addresses by detectors of the gateway's own.
   *
   * @param name as records name the rule
   * @param types types such as `email` and `payment_card`, and groups such as `personal` and `credentials`; `docs/guardrails.md` lists them
   * @param options what is done about it
   */
  static detect(name: string, types: string[], options: GuardrailRuleOptions): GuardrailRule {
    return new GuardrailRule(name, options, { detect: types });
  }

  /**
   * Finds what a regular expression matches. It has neither lookaround nor back references, and each of its repetitions has its most.
   *
   * @param name as records name the rule, and the type of what it finds
   * @param pattern such as `ACME-[0-9]{6}`
   * @param options what is done about it
   */
  static pattern(name: string, pattern: string, options: GuardrailRuleOptions): GuardrailRule {
    return new GuardrailRule(name, options, { pattern });
  }

  /**
   * Finds words and phrases, in any case of letters.
   *
   * @param name as records name the rule, and the type of what it finds
   * @param words words and phrases
   * @param options what is done about it
   */
  static deny(name: string, words: string[], options: GuardrailRuleOptions): GuardrailRule {
    return new GuardrailRule(name, options, { deny: words });
  }

  /**
   * Flags prompts that look like attacks, by a score that is not sure enough to do more.
   *
   * @param name as records name the rule
   * @param threshold score, 0 to 1, from which a prompt is flagged; 0.5 where it is left out
   */
  static promptAttack(name: string, threshold?: number): GuardrailRule {
    const score = threshold === undefined ? {} : { threshold };
    return new GuardrailRule(name, { action: GuardrailAction.FLAG }, { heuristic: 'prompt_attack', ...score });
  }

  /**
   * Asks a guardrail of Amazon Bedrock, for calls of every provider.
   *
   * @param name as records name the rule
   * @param options which one, and what is done about what it finds
   */
  static bedrock(name: string, options: BedrockGuardrailOptions): GuardrailRule {
    const { guardrailId, guardrailVersion, region, grounding } = options;
    const bedrock = {
      guardrail_id: guardrailId,
      guardrail_version: guardrailVersion,
      ...(region === undefined ? {} : { region }),
      ...(grounding === undefined ? {} : { grounding }),
    };
    return new GuardrailRule(name, options, { bedrock });
  }

  /**
   * Asks a moderation endpoint in OpenAI's format.
   *
   * @param name as records name the rule
   * @param options which one, and what is done about what it finds
   */
  static moderation(name: string, options: ModerationGuardrailOptions): GuardrailRule {
    const { provider, model, categories, threshold } = options;
    const moderation = {
      provider,
      model,
      ...(categories === undefined ? {} : { categories }),
      ...(threshold === undefined ? {} : { threshold }),
    };
    return new GuardrailRule(name, options, { openai_moderation: moderation });
  }

  /**
   * Asks a service of one's own.
   *
   * @param name as records name the rule
   * @param options which one, and what is done about what it finds
   */
  static webhook(name: string, options: WebhookGuardrailOptions): GuardrailRule {
    const { url, timeout, secret, network } = options;
    const webhook = {
      url,
      ...(network === undefined ? {} : { network: network.kind }),
      ...(timeout === undefined ? {} : { timeout_ms: timeout.toMilliseconds() }),
    };
    return new GuardrailRule(name, options, { webhook }, secret, network);
  }

  private constructor(
    /** As records name it. */
    readonly name: string,
    /** What is done about what it finds. */
    readonly options: GuardrailRuleOptions,
    /**
     * What it finds by, as the configuration document has it.
     * @internal
     */
    readonly _search: object,
    /**
     * What its calls are signed with.
     * @internal
     */
    readonly _secret?: ISecret,
    /**
     * Where the service is that it asks.
     * @internal
     */
    readonly _network?: ProviderNetwork,
  ) {}
}
