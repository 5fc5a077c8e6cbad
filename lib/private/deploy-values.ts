import { Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { DEPLOY_VALUE_PREFIX, type DeployValue } from './contract';

/** Values known only at deploy, kept as environment variables that the configuration document names. */
export class DeployValues {
  readonly environment: Record<string, string> = {};
  private readonly names = new Map<string, string>();

  constructor(private readonly scope: Construct) {}

  /** The document's form of a value: literal where it is known at synth, else the variable that will hold it. One value gets one variable. */
  add(value: string): DeployValue {
    if (!Token.isUnresolved(value)) return { value };
    const key = JSON.stringify(Stack.of(this.scope).resolve(value));
    let name = this.names.get(key);
    if (name === undefined) {
      name = `${DEPLOY_VALUE_PREFIX}${this.names.size + 1}`;
      this.names.set(key, name);
      this.environment[name] = value;
    }
    return { env: name };
  }
}
