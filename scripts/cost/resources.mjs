import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the demo app has of that which costs by the month. */
export function resourcesOf(root) {
  const { template } = JSON.parse(readFileSync(join(root, 'test/lib/app.golden.json'), 'utf8'));
  const count = (type) => Object.values(template.Resources).filter(({ Type }) => Type === type).length;
  return {
    secrets: count('AWS::SecretsManager::Secret'),
    alarms: count('AWS::CloudWatch::Alarm'),
    dashboards: count('AWS::CloudWatch::Dashboard'),
  };
}
