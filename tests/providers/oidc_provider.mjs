// The npm package `oidc-provider` as a small company's single sign-on.
//
//   node oidc_provider.mjs FOLDER   where FOLDER holds node_modules; prints its issuer as one line
//
// People type any name at its sign-in page. `/counters` says how many refresh tokens were spent, and
// how many sign-ins it has ended because one was spent twice.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { pathToFileURL } from 'node:url';

const from = createRequire(`${process.argv[2]}/package.json`);
const { Provider, errors } = await import(pathToFileURL(from.resolve('oidc-provider')).href);

const RESOURCES = {
  'https://mcp.corp.example/': 'mcp:tools',
  'https://registry.corp.example/': 'registry:read',
};
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const GROUPS = { alice: ['ads-eng', 'employees'], bob: ['infra', 'employees'] };
const counters = { spent: 0, ended: 0 };

const port = await new Promise((found) => {
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const { port: free } = probe.address();
    probe.close(() => found(free));
  });
});
const issuer = `http://127.0.0.1:${port}`;
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const provider = new Provider(issuer, {
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'k1', alg: 'ES256', use: 'sig' }] },
  cookies: { keys: [randomBytes(16).toString('hex')] },
  clients: [
    {
      client_id: 'portico',
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      redirect_uris: ['http://127.0.0.1/callback'],
      response_types: ['code'],
      grant_types: ['authorization_code', 'refresh_token', DEVICE],
      id_token_signed_response_alg: 'ES256',
    },
  ],
  scopes: ['openid', 'offline_access', 'profile', 'groups', ...Object.values(RESOURCES)],
  claims: { openid: ['sub'], profile: ['name'], groups: ['groups'] },
  findAccount: (_, sub) => ({
    accountId: sub,
    claims: () => ({ sub, name: sub, groups: GROUPS[sub] ?? [] }),
  }),
  // Groups belong into the ID token, which is all that a client reads.
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  rotateRefreshToken: true,
  issueRefreshToken: (_, client, code) =>
    client.grantTypeAllowed('refresh_token') && code.scopes.has('offline_access'),
  enabledJWA: { idTokenSigningAlgValues: ['ES256', 'RS256'] },
  ttl: { AccessToken: 120, DeviceCode: 300, Grant: 86400, IdToken: 300, Interaction: 600, RefreshToken: 86400, Session: 86400 },
  features: {
    devInteractions: { enabled: true },
    deviceFlow: { enabled: true },
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: (_, __, oneOf) => (oneOf ? oneOf[0] : Object.keys(RESOURCES)[0]),
      useGrantedResource: () => true,
      getResourceServerInfo: (_, resource) => {
        if (!(resource in RESOURCES)) throw new errors.InvalidTarget();
        return { scope: RESOURCES[resource], audience: resource, accessTokenTTL: 120, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } };
      },
    },
  },
});
provider.on('refresh_token.consumed', () => { counters.spent += 1; });
provider.on('grant.revoked', () => { counters.ended += 1; });
provider.use(async (ctx, next) => {
  if (ctx.path === '/counters') ctx.body = counters;
  else await next();
});
provider.listen(port, '127.0.0.1', () => process.stdout.write(`${issuer}\n`));
// Whoever started it keeps this open; its end is ours.
process.stdin.resume().on('end', () => process.exit(0));
