// A certified identity provider for tests: `node oidc_provider.mjs ISSUER PEOPLE.json KEYS.json`.
// Who may sign in stands in PEOPLE.json, by login name, and is read anew each time.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import Provider from "oidc-provider";

const [issuer, peopleFile, keysFile] = process.argv.slice(2);
const people = () => JSON.parse(readFileSync(peopleFile, "utf8"));
const SCOPES = "openid email profile";
const API = "urn:workmate:api";

const page = (body) => `<!doctype html><html lang="en"><title>Identity provider</title>
<link rel="icon" href="data:,">${body}</html>`;

const provider = new Provider(issuer, {
  jwks: JSON.parse(readFileSync(keysFile, "utf8")),
  cookies: { keys: ["only for tests"] },
  pkce: { required: () => true },
  clients: [
    {
      client_id: "workmate",
      client_secret: "the secret of workmate",
      token_endpoint_auth_method: "client_secret_post",
      redirect_uris: ["http://127.0.0.1/back"],
    },
    {
      client_id: "cli",
      token_endpoint_auth_method: "none",
      redirect_uris: ["http://127.0.0.1/back"],
    },
  ],
  claims: {
    openid: ["sub", "realm_access", "resource_access", "urn:zitadel:iam:org:project:roles"],
    email: ["email", "email_verified"],
    profile: ["given_name", "family_name", "locale"],
  },
  features: {
    devInteractions: { enabled: false },
    // Its own pages ask a font of somebody else.
    rpInitiatedLogout: {
      logoutSource(ctx, form) {
        ctx.body = page(`${form}<button form="op.logoutForm" name="logout" value="yes">Sign out</button>`);
      },
    },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: () => ({
        scope: "api",
        audience: "workmate",
        accessTokenFormat: "jwt",
        accessTokenTTL: 300,
      }),
      useGrantedResource: () => true,
    },
  },
  renderError(ctx, out, error) {
    ctx.body = page(`<pre>${JSON.stringify(out)}</pre>`);
  },
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  async findAccount(ctx, sub) {
    const claims = Object.values(people()).find((one) => one.sub === sub);
    return claims && { accountId: sub, claims: async () => claims };
  },
  async loadExistingGrant(ctx) {
    const { client, session } = ctx.oidc;
    const grant = new ctx.oidc.provider.Grant({
      clientId: client.clientId,
      accountId: session.accountId,
    });
    grant.addOIDCScope(SCOPES);
    grant.addResourceScope(API, "api");
    await grant.save();
    return grant;
  },
});
// The port of the product is not known when the provider starts.
provider.Client.prototype.redirectUriAllowed = () => true;
provider.Client.prototype.postLogoutRedirectUriAllowed = () => true;

const form = `<form method="post"><label>Login <input name="login"></label>
<button>Sign in</button><button name="cancel" value="1">Cancel</button></form>`;

async function interaction(request, response) {
  await provider.interactionDetails(request, response);
  if (request.method !== "POST") {
    response.setHeader("Content-Type", "text/html");
    response.end(page(form));
    return;
  }
  let body = "";
  for await (const chunk of request) body += chunk;
  const given = new URLSearchParams(body);
  const claims = people()[given.get("login")];
  const result = claims && !given.get("cancel")
    ? { login: { accountId: claims.sub } }
    : { error: "access_denied", error_description: "nobody signed in" };
  await provider.interactionFinished(request, response, result);
}

const answer = provider.callback();
createServer((request, response) => {
  if (!request.url.startsWith("/interaction/")) {
    answer(request, response);
    return;
  }
  interaction(request, response).catch((error) => {
    response.statusCode = 500;
    response.end(String(error));
  });
}).listen(Number(new URL(issuer).port), "127.0.0.1");
