// A real OpenID provider for the tests of sign-in. Reads one JSON object from standard input:
// port, clients, pushed (whether it takes pushed requests at all). Whoever signs in by a name is that person; a name that begins with "wrong-"
// gets an ID token with that one thing wrong in it, signed with the provider's own key.
import { readFileSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { SignJWT, decodeJwt, importJWK } from 'jose';
import Provider from 'oidc-provider';

const { port, clients, pushed } = JSON.parse(readFileSync(0, 'utf8'));
const issuer = `http://127.0.0.1:${port}`;

function newKey(kid) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' };
}

const key = newKey('known');
const provider = new Provider(issuer, {
  clients,
  jwks: { keys: [key] },
  claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
  conformIdTokenClaims: false,
  features: { pushedAuthorizationRequests: { enabled: pushed } },
  enabledJWA: { clientAuthSigningAlgValues: ['RS256', 'PS256', 'ES256'] },
  pkce: { required: () => true },
  ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
  cookies: { keys: ['for tests alone'] },
  async findAccount(_, id) {
    return { accountId: id, claims: async () => ({ sub: id, name: `Rolle ${id}`, email: `${id}@eksempel.test` }) };
  },
});

const now = () => Math.floor(Date.now() / 1000);
const wrong = {
  'wrong-issuer': { iss: 'http://127.0.0.1:1' },
  'wrong-audience': { aud: 'somebody-else' },
  'wrong-audiences': { aud: ['plain', 'somebody-else'] },
  'wrong-nonce': { nonce: 'of another sign-in' },
  'wrong-no-nonce': { nonce: undefined },
  'wrong-expired': () => ({ iat: now() - 7200, exp: now() - 3600 }),
  'wrong-future': () => ({ iat: now() + 3600, exp: now() + 7200 }),
  'wrong-azp': { azp: 'somebody-else' },
  'wrong-signature': {},
  'wrong-unsigned': {},
};

async function spoilt(token) {
  const claims = decodeJwt(token);
  const fault = wrong[claims.sub];
  if (!fault) return token;
  const all = { ...claims, ...(typeof fault === 'function' ? fault() : fault) };
  const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  if (claims.sub === 'wrong-unsigned') return `${encoded({ alg: 'none', kid: 'known' })}.${encoded(all)}.`;
  const signing = claims.sub === 'wrong-signature' ? newKey('known') : key;
  return new SignJWT(all).setProtectedHeader({ alg: 'RS256', kid: 'known' }).sign(await importJWK(signing, 'RS256'));
}

provider.use(async (ctx, next) => {
  await next();
  if (ctx.oidc?.route === 'token' && ctx.body?.id_token) ctx.body.id_token = await spoilt(ctx.body.id_token);
});
provider.on('server_error', (_, error) => console.error(error));
for (const event of ['authorization', 'grant', 'pushed_authorization_request', 'interaction', 'end_session']) {
  provider.on(`${event}.error`, (_, error) => console.error(event, error.error, error.error_description, error.error_detail ?? ''));
}
provider.listen(port, '127.0.0.1', () => console.log('ready'));
