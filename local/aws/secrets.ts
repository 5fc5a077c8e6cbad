import { createHash, randomInt, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemClock } from '../../lambda/platform/runtime';
import { makePrivateFolder, readPrivately, writePrivately } from '../private-files';
import type { Access } from './authorizer';
import { type JsonObject, jsonService } from './json-service';
import { keyArn, type Place } from './names';
import { AwsError, type AwsService } from './service';

const FILE = 'secrets.json';

/** What a call needs of the customer's key, where there is one. */
const KEY_ACTIONS: Readonly<Record<string, readonly string[]>> = {
  GetSecretValue: ['kms:Decrypt'],
  PutSecretValue: ['kms:GenerateDataKey', 'kms:Decrypt'],
};

/** `GenerateSecretString` of the template. */
export interface GenerateSecretString {
  readonly PasswordLength?: number | string;
  readonly ExcludeCharacters?: string;
  readonly ExcludeLowercase?: boolean;
  readonly ExcludeUppercase?: boolean;
  readonly ExcludeNumbers?: boolean;
  readonly ExcludePunctuation?: boolean;
  readonly IncludeSpace?: boolean;
  /** Default: true. */
  readonly RequireEachIncludedType?: boolean;
  readonly SecretStringTemplate?: string;
  readonly GenerateStringKey?: string;
}

export interface SecretsOptions extends Place {
  /** Values that go before everything else, by secret name. */
  readonly values?: Readonly<Record<string, string>>;
  /** Where generated and rotated values are kept. Default: in memory only. */
  readonly directory?: string;
}

export interface SecretDefinition {
  readonly name: string;
  readonly SecretString?: string;
  readonly GenerateSecretString?: GenerateSecretString;
  /** A customer's key that encrypts the secret: whoever reads it needs the key too. */
  readonly KmsKeyId?: string;
}

interface Version {
  readonly id: string;
  readonly value: string;
  /** Epoch milliseconds. */
  readonly created: number;
  readonly stages: readonly string[];
}

export interface Secrets {
  /**
   * Makes a secret. Its value is the first there is: given by name, kept, the template's own, generated.
   *
   * @returns its ARN
   */
  create(definition: SecretDefinition): string;
  /** The current value, for the one who runs the stand-ins. Undefined when there is no such secret. */
  read(nameOrArn: string): string | undefined;
  /** Puts a new current version, as a rotation does. */
  write(nameOrArn: string, value: string): void;
  readonly service: AwsService;
}

/** Secrets Manager's stand-in: GetSecretValue, PutSecretValue, DescribeSecret. */
export function openSecrets(options: SecretsOptions): Secrets {
  const secrets = new Map<string, Version[]>();
  const keys = new Map<string, string>();
  const file = options.directory === undefined ? undefined : join(options.directory, FILE);
  const kept = file === undefined ? {} : readKept(file);

  const arnOf = (name: string): string => `arn:aws:secretsmanager:${options.region}:${options.account}:secret:${name}-${suffixOf(name)}`;
  const find = (nameOrArn: string): string | undefined =>
    [...secrets.keys()].find((name) => name === nameOrArn || arnOf(name) === nameOrArn || arnOf(name).slice(0, -7) === nameOrArn);
  const named = (nameOrArn: unknown): string => {
    const name = find(String(nameOrArn));
    if (name === undefined) throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    return name;
  };
  const save = (): void => {
    if (file === undefined) return;
    for (const [name, versions] of secrets) kept[name] = current(versions)?.value ?? '';
    makePrivateFolder(dirname(file));
    writePrivately(file, JSON.stringify(kept, null, 2));
  };
  const put = (name: string, value: string, id: string = randomUUID()): Version => {
    const version = { id, value, created: systemClock.now(), stages: ['AWSCURRENT'] };
    const previous = current(secrets.get(name) ?? []);
    secrets.set(name, previous === undefined ? [version] : [version, { ...previous, stages: ['AWSPREVIOUS'] }]);
    save();
    return version;
  };

  const actions: Readonly<Record<string, (input: JsonObject) => JsonObject>> = {
    GetSecretValue(input) {
      const name = named(input.SecretId);
      const stage = input.VersionStage ?? 'AWSCURRENT';
      const version = (secrets.get(name) ?? []).find(({ id, stages }) =>
        input.VersionId === undefined ? stages.includes(String(stage)) : id === input.VersionId,
      );
      if (version === undefined) {
        const asked = input.VersionId === undefined ? `staging label: ${String(stage)}` : `VersionId: ${String(input.VersionId)}`;
        throw new AwsError('ResourceNotFoundException', `Secrets Manager can't find the specified secret value for ${asked}`);
      }
      return {
        ARN: arnOf(name),
        Name: name,
        VersionId: version.id,
        SecretString: version.value,
        VersionStages: version.stages,
        CreatedDate: version.created / 1_000,
      };
    },
    PutSecretValue(input) {
      const name = named(input.SecretId);
      if (typeof input.SecretString !== 'string') throw new AwsError('InvalidParameterException', 'SecretString is required');
      const version = put(name, input.SecretString, typeof input.ClientRequestToken === 'string' ? input.ClientRequestToken : undefined);
      return { ARN: arnOf(name), Name: name, VersionId: version.id, VersionStages: version.stages };
    },
    DescribeSecret(input) {
      const name = named(input.SecretId);
      const stages = (secrets.get(name) ?? []).map(({ id, stages: labels }) => [id, labels]);
      return { ARN: arnOf(name), Name: name, VersionIdsToStages: Object.fromEntries(stages) };
    },
  };

  return {
    create({ name, SecretString, GenerateSecretString, KmsKeyId }) {
      const key = keyArn(KmsKeyId, options);
      if (key !== undefined) keys.set(name, key);
      put(name, options.values?.[name] ?? kept[name] ?? SecretString ?? generate(GenerateSecretString ?? {}));
      return arnOf(name);
    },
    read: (nameOrArn) => current(secrets.get(find(nameOrArn) ?? '') ?? [])?.value,
    write: (nameOrArn, value) => void put(named(nameOrArn), value),
    service: jsonService({
      version: '1.1',
      namespace: 'com.amazonaws.secretsmanager',
      accesses(action, input): Access[] {
        const id = String(input.SecretId);
        const name = find(id);
        const key = keys.get(name ?? '');
        const needed = key === undefined ? [] : (KEY_ACTIONS[action] ?? []).map((keyAction) => ({ action: keyAction, resource: key }));
        return [{ action: `secretsmanager:${action}`, resource: name === undefined ? id : arnOf(name) }, ...needed];
      },
      run(action, input) {
        const handler = actions[action];
        if (handler === undefined) throw new AwsError('UnknownOperationException', `the local Secrets Manager does not know ${action}`);
        return handler(input);
      },
    }),
  };
}

function current(versions: readonly Version[]): Version | undefined {
  return versions.find(({ stages }) => stages.includes('AWSCURRENT'));
}

/** Secrets Manager ends an ARN with six random characters; here they follow from the name. */
function suffixOf(name: string): string {
  return createHash('sha256').update(name).digest('base64').replace(/[+/=]/g, 'x').slice(0, 6);
}

function readKept(file: string): Record<string, string> {
  return existsSync(file) ? (JSON.parse(readPrivately(file)) as Record<string, string>) : {};
}

/**
 * A random string as Secrets Manager generates it.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
 */
export function generate(wish: GenerateSecretString): string {
  const excluded = new Set(wish.ExcludeCharacters ?? '');
  const kinds = [
    wish.ExcludeLowercase ? '' : 'abcdefghijklmnopqrstuvwxyz',
    wish.ExcludeUppercase ? '' : 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    wish.ExcludeNumbers ? '' : '0123456789',
    wish.ExcludePunctuation ? '' : '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
    wish.IncludeSpace ? ' ' : '',
  ]
    .map((kind) => [...kind].filter((character) => !excluded.has(character)))
    .filter((kind) => kind.length > 0);
  if (kinds.length === 0) throw new Error('GenerateSecretString excludes every character: leave at least one kind');
  const pick = (characters: readonly string[]): string => characters[randomInt(characters.length)] as string;
  const required = wish.RequireEachIncludedType === false ? [] : kinds.map(pick);
  const length = Number(wish.PasswordLength ?? 32);
  const characters = [...required, ...Array.from({ length: Math.max(0, length - required.length) }, () => pick(kinds.flat()))];
  for (let index = characters.length - 1; index > 0; index -= 1) {
    const other = randomInt(index + 1);
    [characters[index], characters[other]] = [characters[other] as string, characters[index] as string];
  }
  const text = characters.slice(0, length).join('');
  if (wish.GenerateStringKey === undefined) return text;
  return JSON.stringify({ ...(JSON.parse(wish.SecretStringTemplate ?? '{}') as object), [wish.GenerateStringKey]: text });
}
