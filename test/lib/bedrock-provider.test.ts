import { type IRole, Role } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { BedrockClient, type BedrockProviderProps, type LlmGatewayProps, Provider, Route, Target } from '../../lib';
import { documentOf, newStack, secretNamed, statementsOf, synthesize } from './support';

/** What Amazon Bedrock brings into a gateway: guardrails, and what the role may do there. */

describe('guardrails and clients of Bedrock', () => {
  const named = { regions: ['us-east-1'], models: ['amazon.nova-micro-v1:0'] };

  test('reach the document, and the role may apply the guardrail', () => {
    const guarded = Provider.bedrock({ ...named, guardrailId: 'g1', guardrailVersion: '3', client: BedrockClient.AWS_SDK });
    const { stack, template } = synthesize({ providers: [guarded] }, newStack({ env: { account: '111122223333', region: 'eu-west-1' } }));

    expect(documentOf(stack).providers[0]).toMatchObject({ settings: { guardrailId: 'g1', guardrailVersion: '3', client: 'sdk' } });
    expect(statementsOf(template, 'Proxy')).toContainEqual({
      actions: ['bedrock:ApplyGuardrail'],
      resources: ['arn:aws:bedrock:us-east-1:111122223333:guardrail/g1'],
    });
  });

  test('a guardrail of another account is named by its ARN', () => {
    const guardrailId = 'arn:aws:bedrock:us-east-1:444455556666:guardrail/g1';
    const { template } = synthesize({ providers: [Provider.bedrock({ ...named, guardrailId })] });

    expect(statementsOf(template, 'Proxy')).toContainEqual({ actions: ['bedrock:ApplyGuardrail'], resources: [guardrailId] });
  });

  test('that callers may ask for reach the document, and the role may apply each of them', () => {
    const arn = 'arn:aws:bedrock:us-east-1:444455556666:guardrail/g2';
    const provider = Provider.bedrock({ ...named, callerGuardrails: ['g1', arn] });
    const { stack, template } = synthesize({ providers: [provider] }, newStack({ env: { account: '111122223333', region: 'eu-west-1' } }));

    expect(documentOf(stack).providers[0]).toMatchObject({ settings: { callerGuardrails: `g1,${arn}` } });
    const applied = statementsOf(template, 'Proxy').filter(({ actions }) => actions.includes('bedrock:ApplyGuardrail'));
    expect(applied.map(({ resources }) => resources)).toEqual([['arn:aws:bedrock:us-east-1:111122223333:guardrail/g1'], [arn]]);
  });

  test('fails for guardrails of callers beside one that holds for every call, and for odd names', () => {
    expect(() => Provider.bedrock({ guardrailId: 'g1', callerGuardrails: ['g2'] })).toThrow(
      'beside "guardrailId", which holds for every call',
    );
    expect(() => Provider.bedrock({ callerGuardrails: ['g1,g2'] })).toThrow('"callerGuardrails" names "g1,g2"');
  });

  test('fails for a version without a guardrail, and for one that only the deploy knows', () => {
    const known = newStack();

    expect(() => Provider.bedrock({ guardrailVersion: '1' })).toThrow('without "guardrailId"');
    expect(() => Provider.bedrock({ guardrailId: known.stackId })).toThrow('"guardrailId" is known only after the deploy');
  });
});

describe('places of media', () => {
  const named = { regions: ['us-east-1'], models: ['amazon.nova-lite-v1:0'] };
  const places = [{ uri: 's3://films/' }, { uri: 's3://partner/shared/2026', bucketOwner: '444455556666' }];
  const own = () => newStack({ env: { account: '111122223333', region: 'eu-west-1' } });

  test('reach the document, and the role may read their objects, in buckets of these accounts alone', () => {
    const { stack, template } = synthesize({ providers: [Provider.bedrock({ ...named, mediaLocations: places })] }, own());

    expect(documentOf(stack).providers[0]?.mediaLocations).toEqual([
      { uri: 's3://films' },
      { uri: 's3://partner/shared/2026', bucketOwner: '444455556666' },
    ]);
    const statements = Object.values(template.findResources('AWS::IAM::Policy'))
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
      .filter(({ Action }) => String(Action).startsWith('s3:'));
    const partition = { Ref: 'AWS::Partition' };
    expect(statements).toEqual([
      {
        Action: 's3:GetObject',
        Condition: { StringEquals: { 'aws:ResourceAccount': '111122223333' } },
        Effect: 'Allow',
        Resource: { 'Fn::Join': ['', ['arn:', partition, ':s3:::films/*']] },
      },
      {
        Action: 's3:GetObject',
        Condition: { StringEquals: { 'aws:ResourceAccount': '444455556666' } },
        Effect: 'Allow',
        Resource: { 'Fn::Join': ['', ['arn:', partition, ':s3:::partner/shared/2026/*']] },
      },
    ]);
  });

  test('give the role nothing where a key of Bedrock is used, nor at Vertex AI', () => {
    const stack = own();
    const providers = [
      Provider.bedrock({ ...named, apiKey: secretNamed(stack, 'k'), mediaLocations: places }),
      Provider.vertexAi({ project: 'p', credentials: secretNamed(stack, 'v'), mediaLocations: [{ uri: 'gs://films' }] }),
    ];
    const { template } = synthesize({ providers }, stack);

    expect(documentOf(stack).providers.map(({ mediaLocations }) => mediaLocations?.length)).toEqual([2, 1]);
    expect(JSON.stringify(template.toJSON())).not.toContain('s3:GetObject');
  });

  test.each([
    [{ uri: 'gs://films' }],
    [{ uri: 's3://' }],
    [{ uri: 's3://*' }],
    [{ uri: 's3://films/*' }],
    [{ uri: `s3://films/${'$'}{aws:username}` }],
    [{ uri: 's3://films/../x' }],
    [{ uri: 'https://films.s3.amazonaws.com' }],
  ])('fail for %j, with an example', (place) => {
    const { uri } = place;

    expect(() => synthesize({ providers: [Provider.bedrock({ ...named, mediaLocations: [place] })] })).toThrow(
      `names the media location "${uri}"; give a bucket or a folder in one, known at synth, for example "s3://my-bucket/films"`,
    );
  });

  test('fail for an owner that is no account, and for one at Google', () => {
    const owned = (uri: string, bucketOwner: string) => [{ uri, bucketOwner }];
    const stack = own();
    const vertex = Provider.vertexAi({
      project: 'p',
      credentials: secretNamed(stack, 'v'),
      mediaLocations: owned('gs://films', '111122223333'),
    });

    expect(() => synthesize({ providers: [Provider.bedrock({ mediaLocations: owned('s3://films', 'me') })] })).toThrow(
      'the bucket owner "me"',
    );
    expect(() => synthesize({ providers: [vertex] }, stack)).toThrow('for a bucket of Amazon S3 only');
  });
});

describe('permissions at Bedrock', () => {
  const bedrock = (props: LlmGatewayProps) =>
    statementsOf(synthesize(props, newStack({ env: { account: '111122223333', region: 'eu-west-1' } })).template, 'Proxy').filter(
      ({ actions }) => actions.some((action) => action.startsWith('bedrock:')),
    );

  const CALLS = ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'];

  test.each(['openai.gpt-oss-120b-1:0', 'us.openai.gpt-6-sol', 'global.xai.grok-4.7', 'newco.x-9'])(
    'hold the default project beside %s, which may be called by Responses or Chat Completions',
    (model) => {
      const statements = bedrock({ routes: [Route.to('smart', [Target.model(`bedrock/${model}`)])] });

      expect(statements.at(-1)).toEqual({
        actions: ['bedrock:InvokeModel'],
        resources: ['arn:aws:bedrock:eu-west-1:111122223333:project/default'],
      });
    },
  );

  test('count the prompts of Claude where every model may be called', () => {
    const statements = bedrock({});

    expect(statements.slice(-2)).toEqual([
      { actions: ['bedrock:InvokeModel'], resources: ['arn:aws:bedrock:eu-west-1:111122223333:project/default'] },
      { actions: ['bedrock:CountTokens'], resources: ['arn:aws:bedrock:eu-west-1::foundation-model/anthropic.*'] },
    ]);
  });

  test('name exactly the models of the routes', () => {
    const statements = bedrock({ routes: [Route.to('smart', [Target.model('bedrock/amazon.nova-pro-v1:0')])] });

    expect(statements).toEqual([
      {
        actions: ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'],
        resources: ['arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-pro-v1:0'],
      },
    ]);
  });

  test('cover a cross-Region profile and its models, the models through the profile only', () => {
    const statements = bedrock({
      providers: [Provider.bedrock({ regions: ['us-east-1'] })],
      routes: [Route.to('smart', [Target.model('bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0')])],
    });
    const profile = 'arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0';

    expect(statements.map(({ actions, resources }) => [actions, resources])).toEqual([
      [CALLS, [profile]],
      [CALLS, ['arn:aws:bedrock:us-*::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0']],
      [['bedrock:CountTokens'], ['arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0']],
    ]);
    expect(statements[1]?.condition).toEqual({ StringLike: { 'bedrock:InferenceProfileArn': [profile] } });
  });

  test('cover a global profile in every Region and in the form without one', () => {
    const [, models] = bedrock({ routes: [Route.to('smart', [Target.model('bedrock/global.anthropic.claude-sonnet-4-5-20250929-v1:0')])] });

    expect(models?.resources).toEqual([
      'arn:aws:bedrock:*::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0',
      'arn:aws:bedrock:::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0',
    ]);
  });

  test('R03 cover the profile of a geography that is not known yet, its models through the profile only', () => {
    const [direct, models] = bedrock({ routes: [Route.to('smart', [Target.model('bedrock/mx.anthropic.claude-x')])] });

    expect(direct?.resources).toEqual(['arn:aws:bedrock:eu-west-1:111122223333:inference-profile/mx.anthropic.claude-x']);
    expect(models?.resources).toEqual([
      'arn:aws:bedrock:*::foundation-model/anthropic.claude-x',
      'arn:aws:bedrock:::foundation-model/anthropic.claude-x',
    ]);
    expect(models?.condition).toEqual({ StringLike: { 'bedrock:InferenceProfileArn': direct?.resources } });
  });

  test('take an ARN as it is', () => {
    const arn = 'arn:aws:bedrock:eu-west-1:111122223333:application-inference-profile/abc123';
    const [direct, through, ...others] = bedrock({ routes: [Route.to('smart', [Target.model(`bedrock/${arn}`)])] });

    expect(direct?.resources).toEqual([arn]);
    expect(through?.condition).toEqual({ StringLike: { 'bedrock:InferenceProfileArn': [arn] } });
    expect(others).toEqual([]);
  });

  test('are open to every model only when none is named', () => {
    const [direct] = bedrock({});

    expect(direct?.resources[0]).toBe('arn:aws:bedrock:eu-west-1::foundation-model/*');
    expect(bedrock({ providers: [Provider.bedrock({ models: ['anthropic.*'] })] })[0]?.resources).toEqual([
      'arn:aws:bedrock:eu-west-1::foundation-model/anthropic.*',
    ]);
  });

  test('follow a route that passes the asked name on', () => {
    const [direct, through] = bedrock({ routes: [Route.to('eu.anthropic.*', [Target.model('bedrock/*')])] });

    expect(direct?.resources).toEqual(['arn:aws:bedrock:eu-west-1:111122223333:inference-profile/eu.anthropic.*']);
    expect(through?.resources).toEqual(['arn:aws:bedrock:eu-*::foundation-model/anthropic.*']);
  });

  test('are absent when Bedrock is called with a key', () => {
    const stack = newStack();
    const { template } = synthesize({ providers: [Provider.bedrock({ apiKey: secretNamed(stack, 'bedrock') })] }, stack);

    expect(statementsOf(template, 'Proxy').flatMap(({ actions }) => actions)).not.toContain('bedrock:InvokeModel');
  });
});

test('of another account only its role is allowed to be taken on; what it may call is said there', () => {
  const arn = 'arn:aws:iam::444455556666:role/llm';
  const { stack, template } = synthesize((owner) => {
    const role = Role.fromRoleArn(owner, 'Role', arn);
    return { providers: [Provider.bedrock({ id: 'bedrock-b', role, externalId: 'ours' })] };
  });
  const actions = statementsOf(template, 'Proxy').filter(({ actions: [first = ''] }) => /^(sts|bedrock):/.test(first));

  expect(actions).toEqual([{ actions: ['sts:AssumeRole'], resources: [arn] }]);
  expect(documentOf(stack).providers).toMatchObject([{ id: 'bedrock-b', role: { arn: { value: arn }, externalId: 'ours' } }]);
});

test.each<[(role: IRole, secret: ISecret) => Partial<BedrockProviderProps>, string]>([
  [(role, apiKey) => ({ role, apiKey }), '"apiKey" is given beside "role"'],
  [(role) => ({ role, mediaLocations: [{ uri: 's3://films' }] }), '"mediaLocations" is given beside "role"'],
  [(role) => ({ role, client: BedrockClient.AWS_SDK }), '"role" works with the gateway\'s own client only'],
  [(role) => ({ role, externalId: 'a b' }), '"externalId" is none that AWS takes'],
  [() => ({ externalId: 'ours' }), '"externalId" is given without "role"'],
])('what does not go with a role of another account fails', (props, message) => {
  const stack = newStack();
  const role = Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::444455556666:role/llm');

  expect(() => Provider.bedrock(props(role, secretNamed(stack, 'k')))).toThrow(message);
});
