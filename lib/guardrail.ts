import type { GuardrailRule } from './guardrail-rule';

/** What becomes of calls that hold or ask for pictures, sound, films or files, which no rule looks into. */
export enum GuardrailMedia {
  /** They go on. */
  ALLOW = 'allow',

  /** They are refused. */
  REFUSE = 'refuse',
}

/** What a policy looks for, and where it holds. */
export interface GuardrailOptions {
  /** What is looked for, and what is done about it. */
  readonly rules: GuardrailRule[];

  /**
   * Whether it holds for every call. Otherwise it holds where a level, a key, a route or a call names it.
   *
   * @default true
   */
  readonly always?: boolean;

  /**
   * What becomes of calls that hold or ask for pictures, sound, films or files.
   *
   * @default GuardrailMedia.ALLOW
   */
  readonly media?: GuardrailMedia;

  /**
   * Endpoints that it holds for, such as `/v1/embeddings`.
   *
   * @default - all
   */
  readonly endpoints?: string[];

  /**
   * Its name, for people.
   *
   * @default - none
   */
  readonly displayName?: string;
}

/** A policy that prompts and answers are held to. */
export class Guardrail {
  /**
   * A policy. Administrators may change it at run time under the same id.
   *
   * @param id what levels, routes and requests name it by: letters, digits and . _ -
   * @param options what it looks for
   */
  static policy(id: string, options: GuardrailOptions): Guardrail {
    return new Guardrail(id, options);
  }

  private constructor(
    /** What it is named by. */
    readonly id: string,
    /** What it looks for. */
    readonly options: GuardrailOptions,
  ) {}
}
