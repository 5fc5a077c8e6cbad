import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Names, Stage } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { DISABLE_ASSET_STAGING_CONTEXT } from 'aws-cdk-lib/cx-api';
import type { Construct } from 'constructs';
import { DEFAULT_CONFIG_FILE, type GatewayDocument } from './contract';

/** Ships the document as a layer. Its asset depends on the document's content alone. */
export function configurationLayer(scope: Construct, id: string, document: GatewayDocument): lambda.LayerVersion {
  // Inside the cloud assembly, so that nothing is left outside when assets are used where they are.
  const folder = join((Stage.of(scope) as Stage).outdir, `configuration-${Names.uniqueResourceName(scope, { maxLength: 60 })}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, basename(DEFAULT_CONFIG_FILE)), `${JSON.stringify(document, undefined, 2)}\n`);
  const layer = new lambda.LayerVersion(scope, id, {
    description: 'Configuration of an LLM gateway: providers, routes, deadlines, limits of last resort',
    code: lambda.Code.fromAsset(folder),
    compatibleRuntimes: [lambda.Runtime.NODEJS_24_X],
    compatibleArchitectures: [lambda.Architecture.ARM_64],
  });
  // Staged assets are copies by their hash.
  if (!scope.node.tryGetContext(DISABLE_ASSET_STAGING_CONTEXT)) rmSync(folder, { recursive: true });
  return layer;
}
