// oidc-provider on loopback: http on PORT, and https on TLS_PORT.
// Its clients are in CLIENTS, as JSON. Each request is a line of the file `requests`: method, path, and what it asks for.
// Writes the file `ready` once both ports are open, and ends with its standard input.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const { PACKAGES, PORT, TLS_PORT, RESOURCE, SCOPES, CLIENTS } = process.env;
const { default: Provider } = await import(
  pathToFileURL(createRequire(`${PACKAGES}/`).resolve('oidc-provider')));

const clients = JSON.parse(CLIENTS);
const own = id => clients.find(client => client.client_id === id);

const provider = new Provider(`http://127.0.0.1:${PORT}`, {
  clients: clients.map(({ account, token_lifetime, ...client }) => client),
  features: {
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    devInteractions: { enabled: false },
    introspection: { enabled: true, allowedPolicy: () => true },
    revocation: { enabled: true, allowedPolicy: (_, client, token) => client.clientId === token.clientId },
    resourceIndicators: {
      enabled: true,
      // Clients of mail seldom name the audience.
      defaultResource: () => RESOURCE,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({ scope: SCOPES, audience: RESOURCE, accessTokenFormat: 'opaque' }),
    },
  },
  scopes: ['openid', 'offline_access', ...SCOPES.split(' ')],
  pkce: { required: () => true },
  rotateRefreshToken: true,
  // The default requires `offline_access`, which mail servers do not know.
  issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
  expiresWithSession: () => false,
  // A token of client credentials has no subject: the account is the client's.
  extraTokenClaims: (_, token) => ({ username: token.accountId ?? own(token.clientId).account }),
  findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  ttl: {
    AccessToken: (_, token) => own(token.clientId).token_lifetime,
    ClientCredentials: (_, token) => own(token.clientId).token_lifetime,
    RefreshToken: 86400,
    AuthorizationCode: 60,
    DeviceCode: 600,
    Grant: 86400,
    Interaction: 600,
    Session: 86400,
  },
  cookies: { keys: ['loopback'] },
  renderError: (context, out) => { context.type = 'json'; context.body = out; },
});
provider.on('server_error', (_, error) => console.error(error));

// Who logs in consents to everything. Without an account, the user denies.
async function interact(request, response, accountId) {
  if (!accountId) return provider.interactionResult(request, response, { error: 'access_denied' });
  const { params } = await provider.interactionDetails(request, response);
  const grant = new provider.Grant({ accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  grant.addResourceScope(RESOURCE, params.scope);
  const consent = { grantId: await grant.save() };
  return provider.interactionResult(request, response, { login: { accountId }, consent });
}

provider.use(async (context, next) => {
  if (context.path.startsWith('/interaction/')) {
    return context.redirect(await interact(context.req, context.res, context.query.account));
  }
  await next();
  const asked = context.oidc?.params?.grant_type ?? '-';
  appendFileSync('requests', `${context.method} ${context.path} ${asked} ${context.status}\n`);
});

const listen = (server, port) => new Promise((open, failed) => {
  server.once('error', failed);
  server.listen(Number(port), '127.0.0.1', open);
});
const identity = { cert: readFileSync('certificate.pem'), key: readFileSync('key.pem') };

process.stdin.on('end', () => process.exit()).resume();
await listen(http.createServer(provider.callback()), PORT);
await listen(https.createServer(identity, provider.callback()), TLS_PORT);
writeFileSync('ready', '');
