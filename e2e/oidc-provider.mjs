// A sign-in provider for tests: panva's certified oidc-provider with three people and a door that lets
// in whoever the address names. Prints its issuer, then serves until it is stopped.
//
//   node e2e/oidc-provider.mjs REDIRECT_URI
import { createServer } from "node:http";
import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto;
const { default: Provider } = await import("oidc-provider");

const people = {
  ana: { name: "Ana Peña", email: "ana@example.com", groups: ["premium-billing", "everybody"] },
  ben: { name: "Ben Okafor", email: "ben@example.com", groups: ["premium-auditors"] },
  zoe: { name: "Zoe Without", email: "zoe@example.com", groups: ["everybody"] },
};

const server = createServer();
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  clients: [{
    client_id: "memberpay",
    client_secret: "a-secret-of-thirty-two-characters",
    redirect_uris: [process.argv[2]],
    grant_types: ["authorization_code"],
    response_types: ["code"],
  }],
  claims: { openid: ["sub"], profile: ["name", "groups"], email: ["email"] },
  findAccount: (_, id) => people[id] && { accountId: id, claims: () => ({ sub: id, ...people[id] }) },
  features: { devInteractions: { enabled: false } },
  pkce: { required: () => true },
  ttl: { IdToken: 60, AuthorizationCode: 60, AccessToken: 60, Grant: 600, Interaction: 600, Session: 600 },
  interactions: { url: (_, interaction) => `/door/${interaction.uid}` },
});

// The page where people would type a password: /door/UID?as=ana
provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith("/door/")) return next();
  const { prompt, params, session } = await provider.interactionDetails(ctx.req, ctx.res);
  let result;
  if (prompt.name === "login") {
    if (!people[ctx.query.as]) { ctx.body = "who?"; return; }
    result = { login: { accountId: ctx.query.as } };
  } else {
    const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    result = { consent: { grantId: await grant.save() } };
  }
  await provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: true });
  ctx.respond = false;
});

server.on("request", provider.callback());
console.log(issuer);
