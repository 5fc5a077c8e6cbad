import { Duration } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { ADMIN_METHODS } from './contract';

/**
 * Gives an API the admin plane's methods, at `/admin/v1/{proxy+}`. Each is named, because a stage has settings for methods
 * by name and refuses `ANY` at deployment.
 */
export function addAdminMethods(api: apigateway.RestApi, admin: lambda.IFunction): void {
  const buffered = new apigateway.LambdaIntegration(admin, { timeout: Duration.seconds(29), allowTestInvoke: false });
  const resource = api.root.addResource('admin').addResource('v1').addResource('{proxy+}');
  for (const method of ADMIN_METHODS) resource.addMethod(method, buffered);
}

/** Something for each of those methods, by the name that a stage has for it. */
export function forAdminMethods<T>(value: T): Record<string, T> {
  return Object.fromEntries(ADMIN_METHODS.map((method) => [`/admin/v1/{proxy+}/${method}`, value]));
}
