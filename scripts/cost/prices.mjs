/** List prices for us-east-1 in US dollars, as published in November 2026, and where. */
export const PRICES = {
  lambdaGbSecond: 13.3334 / 1e6,
  lambdaRequest: 0.2 / 1e6,
  /** Of environments that are started ahead: while they are kept, and while they serve. */
  provisionedGbSecond: 3.3334 / 1e6,
  provisionedServingGbSecond: 7.7778 / 1e6,
  apiRequest: 3.5 / 1e6,
  writeUnit: 0.625 / 1e6,
  readUnit: 0.125 / 1e6,
  storedGbMonth: 0.25,
  logGb: 0.5,
  metricMonth: 0.3,
  secretMonth: 0.4,
  alarmMonth: 0.1,
  dashboardMonth: 3,
  /** Containers on arm64, and the load balancer before them. */
  containerCpuHour: 0.03238,
  containerGbHour: 0.00356,
  balancerHour: 0.0225,
  balancerUnitHour: 0.008,
};

export const HOURS_A_MONTH = 730;

export const SOURCES = [
  ['Lambda', 'https://aws.amazon.com/lambda/pricing/'],
  ['API Gateway', 'https://aws.amazon.com/api-gateway/pricing/'],
  ['DynamoDB', 'https://aws.amazon.com/dynamodb/pricing/on-demand/'],
  ['CloudWatch', 'https://aws.amazon.com/cloudwatch/pricing/'],
  ['Secrets Manager', 'https://aws.amazon.com/secrets-manager/pricing/'],
  ['Fargate', 'https://aws.amazon.com/fargate/pricing/'],
  ['Elastic Load Balancing', 'https://aws.amazon.com/elasticloadbalancing/pricing/'],
];
